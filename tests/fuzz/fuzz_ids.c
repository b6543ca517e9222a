// Reads any bytes as a file of bytes, of ids or as an image; the first byte chooses.
// The result must be a sentence, or ids within the vocabulary between two end tokens,
// which give the same file when they are written.
#include "app/data/ids_file.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { VOCABULARY = 1000 };

static const Token *tokens_of(const Ids *ids) {
    return (const Token *)(void *)ids->tokens->data;
}

static void check(const Ids *ids, const char *path) {
    const Token *t = tokens_of(ids);
    guint count = ids->tokens->len;
    Token end = ids->kind == IDS_NUMBERS ? VOCABULARY : IDS_BYTES_VOCABULARY;
    MUST(count > 2 && t[0] == end && t[count - 1] == end);
    for (guint i = 1; i < count - 1; i++) MUST(t[i] >= 0 && t[i] < end);
    MUST(ids->kind != IDS_IMAGE ||
         count - 2 == 3 * (guint)ids->image.width * (guint)ids->image.height);
    GByteArray *bytes = ids_write(ids->kind, ids->image, t + 1, count - 2);
    Ids again;
    MUST(ids_parse(bytes->data, bytes->len, path, VOCABULARY, &again, NULL));
    MUST(again.tokens->len == count && again.image.width == ids->image.width);
    MUST(memcmp(tokens_of(&again), t, count * sizeof *t) == 0);
    ids_clear(&again);
    g_byte_array_unref(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"fuzz", "fuzz.ids", "fuzz.ppm"};
    if (size == 0) return 0;
    const char *path = paths[data[0] % 3];
    g_autofree char *begin = g_strconcat(path, ": ", NULL);
    Ids ids = {0};
    GError *error = NULL;
    if (ids_parse(data + 1, size - 1, path, VOCABULARY, &ids, &error)) {
        MUST(!error);
        check(&ids, path);
        ids_clear(&ids);
    } else {
        MUST(error && g_str_has_prefix(error->message, begin) && !ids.tokens);
        g_error_free(error);
    }
    return 0;
}
