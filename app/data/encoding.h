// How files become the tokens of a model: the music in MIDI files by one of two
// tokenizers (midi/tokenizer.h).
#ifndef APP_DATA_ENCODING_H
#define APP_DATA_ENCODING_H

#include "midi/vocabulary.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Encoding {
    const char *name; // the tokenizer's, as it stands in models and runs; static
    const char *what; // such files, in sentences: "MIDI files"; static
    int vocabulary;   // kinds of tokens
    TokenizerKind kind;
} Encoding;

Encoding encoding_of_music(TokenizerKind kind);

// That of a model or a run by what it says: its tokenizer's name, and how many kinds of
// tokens it has. False: there is none here.
bool encoding_from_name(const char *name, int vocabulary, Encoding *ret);

// Whether a file of this name, found in a folder, is one of these.
bool encoding_takes(const Encoding *e, const char *name);

// The tokens of a file, begin and end included, as a GArray of Token, to be freed with
// g_array_unref. NULL, and a sentence, if it holds none.
GArray *encoding_read(const Encoding *e, const char *path, GError **error);

#endif
