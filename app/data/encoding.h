// How files become tokens: MIDI files by one of two tokenizers (midi/tokenizer.h), any
// other files as ids (ids_file.h), of which there are V, and an end.
#ifndef APP_DATA_ENCODING_H
#define APP_DATA_ENCODING_H

#include "app/data/ids_file.h"
#include "midi/vocabulary.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Encoding {
    const char *name;   // of the tokenizer, as models and runs store it; static
    const char *what;   // such files in messages: "MIDI files"; static
    int vocabulary;     // kinds of tokens
    bool ids;           // the tokens are ids, and the last token is the end
    TokenizerKind kind; // of music
} Encoding;

Encoding encoding_of_music(TokenizerKind kind);
Encoding encoding_of_bytes(void);
Encoding encoding_of_ids(int vocabulary); // V

// Finds the encoding of a model or a run by its tokenizer's name and the number of its
// kinds of tokens. Returns false if none matches or the name is NULL.
bool encoding_from_name(const char *name, int vocabulary, Encoding *ret);

// Returns whether its files hold numbers (IDS_NUMBERS).
bool encoding_is_of_numbers(const Encoding *e);

// Returns a text with its name and the number of ids, which names stored corpora; to be
// freed with g_free.
char *encoding_key(const Encoding *e);

// Returns whether a file that was found in a folder has such a name.
bool encoding_takes(const Encoding *e, const char *name);

// Returns the tokens of a file, with the tokens for beginning and end, as a GArray of
// Token to be freed with g_array_unref. Returns NULL, with an error, if it holds none.
GArray *encoding_read(const Encoding *e, const char *path, GError **error);

// Reads a file of ids likewise, and finds what kind of file it is.
bool encoding_read_ids(const Encoding *e, const char *path, Ids *ret, GError **error);

#endif
