#include "app/data/encoding.h"

#include "midi/file_name.h"
#include "midi/smf/smf_read.h"
#include "midi/tokenizer.h"

#include <string.h>

// The tokenizer's name for bytes and ids in the files of models and runs.
#define BYTES "bytes"
#define IDS   "ids"

Encoding encoding_of_music(TokenizerKind kind) {
    return (Encoding){.name = tokenizer_name(kind),
                      .what = "MIDI files",
                      .vocabulary = tokenizer_vocabulary(kind),
                      .kind = kind};
}

Encoding encoding_of_bytes(void) {
    return (Encoding){.name = BYTES,
                      .what = "files",
                      .vocabulary = IDS_BYTES_VOCABULARY + 1,
                      .ids = true};
}

Encoding encoding_of_ids(int vocabulary) {
    return (Encoding){
        .name = IDS, .what = "files of ids", .vocabulary = vocabulary + 1, .ids = true};
}

bool encoding_from_name(const char *name, int vocabulary, Encoding *ret) {
    TokenizerKind kind;
    Encoding e;
    if (!name) return false;
    if (tokenizer_from_name(name, &kind))
        e = encoding_of_music(kind);
    else if (strcmp(name, BYTES) == 0)
        e = encoding_of_bytes();
    else if (strcmp(name, IDS) == 0)
        e = encoding_of_ids(vocabulary - 1);
    else
        return false;
    if (e.vocabulary == vocabulary) *ret = e;
    return e.vocabulary == vocabulary;
}

bool encoding_is_of_numbers(const Encoding *e) { return strcmp(e->name, IDS) == 0; }

// Only the name "ids" does not imply the number of ids, so it is added.
char *encoding_key(const Encoding *e) {
    return encoding_is_of_numbers(e)
               ? g_strdup_printf("%s %d", e->name, e->vocabulary - 1)
               : g_strdup(e->name);
}

bool encoding_takes(const Encoding *e, const char *name) {
    return e->ids || file_name_is_midi(name);
}

static GArray *read_music(const Encoding *e, const char *path, GError **error) {
    Performance p = {0};
    GArray *tokens = smf_read_music(path, &p, NULL, error)
                         ? tokenizer_encode(&p, e->kind)
                         : NULL;
    performance_clear(&p);
    return tokens;
}

bool encoding_read_ids(const Encoding *e, const char *path, Ids *ret, GError **error) {
    bool numbers = encoding_is_of_numbers(e);
    if (numbers == (ids_kind(path) == IDS_NUMBERS))
        return ids_read(path, e->vocabulary - 1, ret, error);
    g_set_error(error, MODEL_ERROR, 0, "%s: is a file of %s, where %s are wanted", path,
                numbers ? "bytes" : "ids of 16 bits",
                numbers ? "ids of 16 bits" : "bytes");
    return false;
}

GArray *encoding_read(const Encoding *e, const char *path, GError **error) {
    Ids ids;
    if (!e->ids) return read_music(e, path, error);
    return encoding_read_ids(e, path, &ids, error) ? ids.tokens : NULL;
}
