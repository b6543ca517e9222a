// An index of the music that a model was trained on. It serves to name passages that
// the model plays from memory: the name of each piece and its line of notes
// (midi/analysis/line.h), whose intervals are searched (midi/analysis/match.h).
//
// It is kept in a file beside the model, NAME.repertoire beside NAME.safetensors. The
// file holds all pitches and their approximate onsets, so the licence of the music
// applies to it. Numbers are little-endian.
//
//    0   "PARREPE1"
//    8   u32 bytes of the body
//   12   SHA-256 of the body, 32 bytes
//   44   the body, packed (app/base/deflate.h)
//
//  body  u32 pieces; then each of the following for all pieces:
//        the name, ended by a zero byte
//        u32 notes, and u8 the pitch of the first if there is one
//        one byte per further note: 128 + semitones from the previous note
//        the marks, u16, of every REPERTOIRE_MARK'th note from the first on and of the
//        last note: tenths of a second since the previous mark, or since 0
//
// Reading spreads the notes between two marks evenly, so that onsets are right to about
// a second. The 6.7 M notes of MAESTRO's training split and ASAP take 3.4 MB, 4 bits
// per note.
#ifndef APP_DATA_REPERTOIRE_H
#define APP_DATA_REPERTOIRE_H

#include "midi/analysis/match.h"
#include "midi/vocabulary.h"

#define REPERTOIRE_MARK    32
#define REPERTOIRE_SUFFIX  ".repertoire"
#define REPERTOIRE_PASSAGE 16 // the fewest notes of a passage that is named

typedef struct Repertoire {
    MatchIndex *index; // owned; the notes of the pieces
    GPtrArray *names;  // owned; the pieces' names, in the order of Match.piece
} Repertoire;

// Makes an empty index. Pieces are added to it, and then match_sort() must be called.
void repertoire_init(Repertoire *ret);
void repertoire_clear(Repertoire *r); // accepts a zeroed struct

// Adds a piece by its name and line of notes. Returns false, without adding it, if
// there are too many notes (MATCH_ROOM).
bool repertoire_add(Repertoire *r, const char *name, const Note *line, size_t count);

// Reads a file and sorts the index for searching, in 1.6 s for 6.7 M notes. `name` is
// used in errors. Fails with G_FILE_ERROR_INTR soon after another thread, or a signal
// handler, has set *stop; NULL: nothing does.
bool repertoire_parse(Repertoire *ret, const uint8_t *bytes, size_t size,
                      const char *name, const volatile int *stop, GError **error);
bool repertoire_load(Repertoire *ret, const char *path, const volatile int *stop,
                     GError **error);

// Returns the bytes of the file, to be freed with g_byte_array_unref.
GByteArray *repertoire_bytes(const Repertoire *r);

// Returns the passages (match_passages) in the music of tokens, which begin with SOS.
// Training pieces are read from tokens too, so the onsets of both are rounded in the
// same way.
GArray *repertoire_passages(const Repertoire *r, const GArray *tokens, int least);

// Returns the path of a model's index, whether or not it exists; to be freed.
char *repertoire_path(const char *model_path);

#endif
