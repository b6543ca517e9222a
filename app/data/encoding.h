// How files become tokens: MIDI files by one of two tokenizers (midi/tokenizer.h), any
// other files as V ids and an end token (ids_file.h).
#ifndef APP_DATA_ENCODING_H
#define APP_DATA_ENCODING_H

#include "app/data/ids_file.h"
#include "midi/vocabulary.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Encoding {
    const char *name;   // the tokenizer's name, as models and runs store it; static
    const char *what;   // what messages call such files: "MIDI files"; static
    int vocabulary;     // kinds of tokens
    bool ids;           // the tokens are ids, and the highest is the end token
    TokenizerKind kind; // the tokenizer, for music only
} Encoding;

Encoding encoding_of_music(TokenizerKind kind);
Encoding encoding_of_bytes(void);
Encoding encoding_of_ids(int vocabulary); // V

// Finds the encoding of a model or a run by its tokenizer's name and its vocabulary
// size. Returns false if none matches or the name is NULL.
bool encoding_from_name(const char *name, int vocabulary, Encoding *ret);

// Returns whether its files hold numbers (IDS_NUMBERS).
bool encoding_is_of_numbers(const Encoding *e);

// Returns a text with its name and the number of ids, which names stored corpora; to be
// freed with g_free.
char *encoding_key(const Encoding *e);

// Returns whether a file with this name, found in a folder, belongs to the encoding.
bool encoding_takes(const Encoding *e, const char *name);

// Returns the tokens of a file, with the tokens for beginning and end, as a GArray of
// Token to be freed with g_array_unref. Returns NULL, with an error, if it holds none.
GArray *encoding_read(const Encoding *e, const char *path, GError **error);

// Reads a file of ids in the same way and also returns what kind of file it is.
bool encoding_read_ids(const Encoding *e, const char *path, Ids *ret, GError **error);

#endif
