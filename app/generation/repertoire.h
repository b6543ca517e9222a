// What a model was trained on, as far as is needed to name passages that it plays from
// memory: each piece's name and line of notes (midi/analysis/line.h), whose intervals
// are searched (midi/analysis/match.h).
//
// Kept in a file beside the model, NAME.repertoire beside NAME.safetensors. It holds
// the pitches and about when they come, so what may be done with the music may be done
// with it. Numbers are little-endian.
//
//    0   "PARREPE1"
//    8   u32 bytes of the body
//   12   SHA-256 of the body, 32 bytes
//   44   the body, packed (app/base/deflate.h)
//
//  body  u32 pieces; then, each for all pieces in turn:
//        the name, ended by a zero byte
//        u32 notes, and u8 the pitch of the first if there is one
//        a byte each further note: semitones from the one before it, + 128
//        u16 for every REPERTOIRE_MARK'th note from the first on, and for the last:
//        tenths of a second since the one before, or since the piece began
//
// Between those the notes of a piece that is read are spread evenly, so that a moment
// in it is right to a second or so. MAESTRO's training split takes 2.9 MB, 4 bits a
// note.
#ifndef APP_GENERATION_REPERTOIRE_H
#define APP_GENERATION_REPERTOIRE_H

#include "midi/analysis/match.h"
#include "midi/vocabulary.h"

#define REPERTOIRE_MARK    32
#define REPERTOIRE_SUFFIX  ".repertoire"
#define REPERTOIRE_PASSAGE 16 // notes of a passage that is worth naming

typedef struct Repertoire {
    MatchIndex *index; // owned; of the pieces' notes
    GPtrArray *names;  // owned; of the pieces, as Match.piece counts them
} Repertoire;

// An empty one, to which pieces are added before match_sort().
void repertoire_init(Repertoire *ret);
void repertoire_clear(Repertoire *r); // accepts a zeroed struct

// Adds the name with a piece's line. Returns false, without adding it, if there are too
// many notes (MATCH_ROOM).
bool repertoire_add(Repertoire *r, const char *name, const Note *line, size_t count);

// Reads a file, ready to be searched. `name` is what errors call it.
bool repertoire_parse(Repertoire *ret, const uint8_t *bytes, size_t size,
                      const char *name, GError **error);
bool repertoire_load(Repertoire *ret, const char *path, GError **error);

// The bytes of the file, to be freed with g_byte_array_unref.
GByteArray *repertoire_bytes(const Repertoire *r);

// Returns the passages (match_passages) of the notes of tokens, which begin with SOS.
// Training pieces are read from tokens too, so their onsets are rounded alike.
GArray *repertoire_passages(const Repertoire *r, const GArray *tokens, int least);

// Where that of a model is, or would be; to be freed.
char *repertoire_path(const char *model_path);

#endif
