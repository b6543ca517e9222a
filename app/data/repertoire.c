#include "app/data/repertoire.h"

#include "app/base/deflate.h"
#include "app/base/models.h"
#include "midi/tokenizer.h"

#include <string.h>

#define MAGIC "PARREPE1"
#define SAME  128
#define TENTH 100000 // microseconds

enum { SUM = 32, HEAD = 8 + 4 + SUM };

void repertoire_init(Repertoire *ret) {
    *ret = (Repertoire){match_new(), g_ptr_array_new_with_free_func(g_free)};
}

void repertoire_clear(Repertoire *r) {
    match_free(r->index);
    if (r->names) g_ptr_array_unref(r->names);
    *r = (Repertoire){0};
}

bool repertoire_add(Repertoire *r, const char *name, const Note *line, size_t count) {
    if (!match_add_line(r->index, line, count)) return false;
    g_ptr_array_add(r->names, g_strdup(name));
    return true;
}

char *repertoire_path(const char *model_path) {
    size_t length = strlen(model_path);
    if (g_str_has_suffix(model_path, MODEL_SUFFIX)) length -= strlen(MODEL_SUFFIX);
    return g_strdup_printf("%.*s" REPERTOIRE_SUFFIX, (int)length, model_path);
}

GArray *repertoire_passages(const Repertoire *r, const GArray *tokens, int least) {
    Performance p = {0};
    tokenizer_decode(&p, &g_array_index(tokens, Token, 0), tokens->len);
    GArray *ret = match_passages(r->index, &p, least);
    performance_clear(&p);
    return ret;
}

static void sum_of(uint8_t ret[SUM], const void *bytes, size_t size) {
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize length = SUM;
    g_checksum_update(sum, bytes, (gssize)size);
    g_checksum_get_digest(sum, ret, &length);
    g_checksum_free(sum);
}

// Returns the number of marks of a piece with so many notes.
static size_t marks(size_t notes) {
    return notes ? (notes + REPERTOIRE_MARK - 1) / REPERTOIRE_MARK + 1 : 0;
}

static size_t marked(size_t mark, size_t notes) {
    return MIN(mark * REPERTOIRE_MARK, notes - 1);
}

// ---- writing

static void put(GByteArray *to, uint32_t number, int bytes) {
    for (int i = 0; i < bytes; i++) {
        guint8 byte = (guint8)(number >> (8 * i));
        g_byte_array_append(to, &byte, 1);
    }
}

static void put_intervals(GByteArray *to, const Note *line, size_t count) {
    for (size_t i = 1; i < count; i++)
        put(to, (uint32_t)(line[i].pitch - line[i - 1].pitch + SAME), 1);
}

static void put_marks(GByteArray *to, const Note *line, size_t count) {
    int64_t before = 0; // in tenths of a second
    for (size_t mark = 0; mark < marks(count); mark++) {
        int64_t tenths = line[marked(mark, count)].onset / TENTH;
        put(to, (uint32_t)CLAMP(tenths - before, 0, G_MAXUINT16), 2);
        before = tenths;
    }
}

static GByteArray *body_of(const Repertoire *r) {
    GByteArray *body = g_byte_array_new();
    guint pieces = r->names->len;
    put(body, pieces, 4);
    for (guint i = 0; i < pieces; i++)
        g_byte_array_append(body, r->names->pdata[i],
                            (guint)strlen(r->names->pdata[i]) + 1);
    for (int part = 0; part < 3; part++)
        for (guint i = 0; i < pieces; i++) {
            size_t count;
            g_autofree Note *line = match_line(r->index, (int)i, &count);
            if (part == 0) put(body, (uint32_t)count, 4);
            if (part == 0 && count) put(body, line[0].pitch, 1);
            if (part == 1) put_intervals(body, line, count);
            if (part == 2) put_marks(body, line, count);
        }
    return body;
}

GByteArray *repertoire_bytes(const Repertoire *r) {
    GByteArray *body = body_of(r), *packed = deflate_pack(body->data, body->len);
    GByteArray *ret = g_byte_array_new();
    uint8_t sum[SUM];
    sum_of(sum, body->data, body->len);
    g_byte_array_append(ret, (const guint8 *)MAGIC, 8);
    put(ret, body->len, 4);
    g_byte_array_append(ret, sum, SUM);
    g_byte_array_append(ret, packed->data, packed->len);
    g_byte_array_unref(packed);
    g_byte_array_unref(body);
    return ret;
}

// ---- reading

// The body of a file, of which the bytes before `at` were read. Each read first checks
// that enough bytes are left.
typedef struct Body {
    const uint8_t *bytes;
    size_t size, at;
} Body;

static size_t left(const Body *b) { return b->size - b->at; }

static uint32_t little(const uint8_t *bytes, int count) {
    uint32_t number = 0;
    for (int i = count; i-- > 0;) number = number << 8 | bytes[i];
    return number;
}

static bool take(Body *b, int bytes, uint32_t *ret) {
    if (left(b) < (size_t)bytes) return false;
    *ret = little(b->bytes + b->at, bytes);
    b->at += (size_t)bytes;
    return true;
}

// The name and the number of notes of a piece, which the body has first.
typedef struct Head {
    const char *name; // borrowed from the body
    uint32_t notes, first;
} Head;

static bool take_heads(Body *b, Head *heads, uint32_t pieces) {
    for (uint32_t i = 0; i < pieces; i++) {
        const uint8_t *name = b->bytes + b->at, *end = memchr(name, 0, left(b));
        if (!end) return false;
        heads[i].name = (const char *)name;
        b->at += (size_t)(end - name) + 1;
    }
    for (uint32_t i = 0; i < pieces; i++) {
        Head *h = &heads[i];
        if (!take(b, 4, &h->notes)) return false;
        if (h->notes && (!take(b, 1, &h->first) || h->first > 127)) return false;
    }
    return true;
}

static bool take_intervals(Body *b, Note *line, const Head *h) {
    if (h->notes == 0) return true;
    line[0].pitch = (uint8_t)h->first;
    if (left(b) < h->notes - 1) return false;
    for (uint32_t i = 1; i < h->notes; i++) {
        int pitch = line[i - 1].pitch + b->bytes[b->at++] - SAME;
        if (pitch < 0 || pitch > 127) return false;
        line[i].pitch = (uint8_t)pitch;
    }
    return true;
}

static bool take_marks(Body *b, Note *line, const Head *h) {
    int64_t at = 0;
    size_t before = 0;
    for (size_t mark = 0; mark < marks(h->notes); mark++) {
        uint32_t tenths;
        if (!take(b, 2, &tenths)) return false;
        size_t here = marked(mark, h->notes);
        int64_t step = (int64_t)tenths * TENTH, span = (int64_t)(here - before);
        for (size_t i = before + 1; i < here; i++)
            line[i].onset = at + step * (int64_t)(i - before) / span;
        line[here].onset = at += step;
        before = here;
    }
    return true;
}

static bool is_stopped(const volatile int *stop) {
    return stop && g_atomic_int_get(stop);
}

// Reads the intervals of all pieces, and then their marks.
static bool take_pieces(Body *b, const Head *heads, uint32_t pieces,
                        const volatile int *stop, Repertoire *ret) {
    uint64_t intervals = 0;
    for (uint32_t i = 0; i < pieces; i++) intervals += MAX(heads[i].notes, 1) - 1;
    if (intervals > left(b)) return false;
    Body times = *b;
    times.at += (size_t)intervals;
    for (uint32_t i = 0; i < pieces && !is_stopped(stop); i++) {
        const Head *h = &heads[i];
        g_autofree Note *line = g_new0(Note, h->notes);
        if (!take_intervals(b, line, h) || !take_marks(&times, line, h) ||
            !repertoire_add(ret, h->name, line, h->notes))
            return false;
    }
    return is_stopped(stop) || left(&times) == 0;
}

static bool take_body(Body *b, const volatile int *stop, Repertoire *ret) {
    uint32_t pieces;
    // Each piece takes at least one byte of name and four of notes.
    if (!take(b, 4, &pieces) || pieces > left(b) / 5) return false;
    g_autofree Head *heads = g_new0(Head, pieces);
    return take_heads(b, heads, pieces) && take_pieces(b, heads, pieces, stop, ret);
}

static bool fail(GError **error, const char *name, size_t at, const char *why) {
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: byte %zu: %s", name, at,
                why);
    return false;
}

static bool stopped(GError **error, const char *name) {
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INTR, "%s: stopped while it was read",
                name);
    return false;
}

bool repertoire_parse(Repertoire *ret, const uint8_t *bytes, size_t size,
                      const char *name, const volatile int *stop, GError **error) {
    if (size < HEAD || memcmp(bytes, MAGIC, 8) != 0)
        return fail(error, name, 0, "this is no index of a training set");
    size_t body_size = little(bytes + 8, 4), packed = size - HEAD;
    if (body_size / DEFLATE_MOST > packed)
        return fail(error, name, 8, "it ends before the index does");
    g_autofree uint8_t *body = g_try_malloc(body_size + 1);
    if (!body) return fail(error, name, 8, "there is no memory for the index");
    uint8_t sum[SUM];
    bool whole = deflate_unpack(body, body_size, bytes + HEAD, packed, stop);
    if (whole && !is_stopped(stop)) sum_of(sum, body, body_size);
    if (is_stopped(stop)) return stopped(error, name);
    if (!whole || memcmp(sum, bytes + 12, SUM) != 0)
        return fail(error, name, HEAD, "the index is damaged");
    Repertoire r;
    Body b = {body, body_size, 0};
    repertoire_init(&r);
    bool sane = take_body(&b, stop, &r);
    if (sane && match_sort(r.index, stop)) {
        *ret = r;
        return true;
    }
    repertoire_clear(&r);
    return sane ? stopped(error, name)
                : fail(error, name, HEAD, "the index makes no sense");
}

bool repertoire_load(Repertoire *ret, const char *path, const volatile int *stop,
                     GError **error) {
    g_autofree char *bytes = NULL;
    gsize size;
    return g_file_get_contents(path, &bytes, &size, error) &&
           repertoire_parse(ret, (const uint8_t *)bytes, size, path, stop, error);
}
