// Reads any bytes as the index of a training set. If they do not begin as one, they are
// its body, which is compressed and gets its checksum. The result must be a sentence,
// or pieces that are the same when their own file is read again.
#include "app/base/deflate.h"
#include "app/data/repertoire.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define MAGIC "PARREPE1"

static GByteArray *file_of(const uint8_t *body, size_t size) {
    GByteArray *file = g_byte_array_new(), *packed = deflate_pack(body, size);
    uint8_t head[44] = MAGIC;
    gsize sum = 32;
    for (int i = 0; i < 4; i++) head[8 + i] = (uint8_t)(size >> (8 * i));
    GChecksum *c = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(c, body, (gssize)size);
    g_checksum_get_digest(c, head + 12, &sum);
    g_checksum_free(c);
    g_byte_array_append(file, head, sizeof head);
    g_byte_array_append(file, packed->data, packed->len);
    g_byte_array_unref(packed);
    return file;
}

static void check(const Repertoire *r) {
    GByteArray *bytes = repertoire_bytes(r);
    Repertoire again;
    MUST(repertoire_parse(&again, bytes->data, bytes->len, "again", NULL, NULL));
    MUST(again.names->len == r->names->len);
    for (guint i = 0; i < r->names->len; i++) {
        size_t count, other;
        g_autofree Note *a = match_line(r->index, (int)i, &count);
        g_autofree Note *b = match_line(again.index, (int)i, &other);
        MUST(count == other && strcmp(r->names->pdata[i], again.names->pdata[i]) == 0);
        for (size_t k = 0; k < count; k++)
            MUST(a[k].pitch == b[k].pitch && a[k].pitch < 128);
    }
    repertoire_clear(&again);
    g_byte_array_unref(bytes);
}

static void parse(const uint8_t *bytes, size_t size) {
    Repertoire r;
    GError *error = NULL;
    if (repertoire_parse(&r, bytes, size, "fuzz", NULL, &error)) {
        check(&r);
        repertoire_clear(&r);
    } else {
        MUST(error && g_str_has_prefix(error->message, "fuzz: byte "));
        g_error_free(error);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size >= 8 && memcmp(data, MAGIC, 8) == 0) {
        parse(data, size);
    } else {
        GByteArray *file = file_of(data, size);
        parse(file->data, file->len);
        g_byte_array_unref(file);
    }
    return 0;
}
