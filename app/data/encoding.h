// How files become the tokens of a model: the music in MIDI files by one of two
// tokenizers (midi/tokenizer.h), or the ids of any others (ids_file.h), V of them and
// their end.
#ifndef APP_DATA_ENCODING_H
#define APP_DATA_ENCODING_H

#include "app/data/ids_file.h"
#include "midi/vocabulary.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Encoding {
    const char *name;   // the tokenizer's, as it stands in models and runs; static
    const char *what;   // such files, in sentences: "MIDI files"; static
    int vocabulary;     // kinds of tokens
    bool ids;           // no music, but ids: all but the last of them, which is the end
    TokenizerKind kind; // of music
} Encoding;

Encoding encoding_of_music(TokenizerKind kind);
Encoding encoding_of_bytes(void);
Encoding encoding_of_ids(int vocabulary); // V

// That of a model or a run by what it says: its tokenizer's name, and how many kinds of
// tokens it has. False: there is none here, or no name (NULL).
bool encoding_from_name(const char *name, int vocabulary, Encoding *ret);

// Whether its files are of numbers (IDS_NUMBERS).
bool encoding_is_of_numbers(const Encoding *e);

// Names it and how many ids it has, for what is kept; to be freed.
char *encoding_key(const Encoding *e);

// Whether a file of this name, found in a folder, is one of these.
bool encoding_takes(const Encoding *e, const char *name);

// The tokens of a file, begin and end included, as a GArray of Token, to be freed with
// g_array_unref. NULL, and a sentence, if it holds none.
GArray *encoding_read(const Encoding *e, const char *path, GError **error);

// The same of an encoding of ids, with what kind of file it is.
bool encoding_read_ids(const Encoding *e, const char *path, Ids *ret, GError **error);

#endif
