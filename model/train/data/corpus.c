#include "model/train/data/corpus.h"

#include "model/files/replace.h"

#include <errno.h>
#include <math.h>
#include <string.h>

_Static_assert(G_BYTE_ORDER == G_LITTLE_ENDIAN,
               "tokens are used as they lie in the file");

#define HEADER 64 // bytes before the tokens
#define ENTRY  16 // bytes of a piece in the index

const char *const split_names[SPLITS] = {"train", "validation", "test"};

bool split_from_name(const char *name, Split *ret) {
    for (int s = 0; s < SPLITS; s++)
        if (strcmp(name, split_names[s]) == 0) {
            *ret = (Split)s;
            return true;
        }
    return false;
}

static uint32_t get32(const char *from) {
    uint32_t x;
    memcpy(&x, from, sizeof x);
    return x;
}

static uint64_t get64(const char *from) {
    uint64_t x;
    memcpy(&x, from, sizeof x);
    return x;
}

static bool damaged(const char *what, GError **error) {
    g_set_error(error, MODEL_ERROR, 0, "the corpus is damaged: %s", what);
    return false;
}

// A token outside the vocabulary would index past the end of the model's tables.
static bool tokens_below(const uint16_t *tokens, uint64_t count, int vocabulary) {
    uint16_t most = 0;
    for (uint64_t i = 0; i < count; i++) most = MAX(most, tokens[i]);
    return most < vocabulary;
}

// Reads the index. The header has said that all pieces together have `tokens` tokens.
static bool read_index(Corpus *c, const char *bytes, const char *entry, const char *end,
                       uint64_t tokens, GError **error) {
    const char *name = entry + (size_t)c->piece_count * ENTRY;
    uint64_t next = 0;
    for (int i = 0; i < c->piece_count; i++, entry += ENTRY) {
        uint64_t first = get64(entry);
        uint32_t count = get32(entry + 8), split = get32(entry + 12);
        if (first != next || count < 2 || count > G_MAXINT || count > tokens - next)
            return damaged("a piece lies elsewhere than the one before it ends", error);
        if (split >= SPLITS) return damaged("a piece is in no split", error);
        const char *stop = memchr(name, 0, (size_t)(end - name));
        if (!stop) return damaged("a piece's name does not end", error);
        c->pieces[i] = (CorpusPiece){
            .name = name,
            .tokens = (const void *)(bytes + HEADER + 2 * first),
            .count = (int)count,
            .split = (Split)split,
            .weight = 1};
        c->tokens[split] += count;
        next += count;
        name = stop + 1;
    }
    return next == tokens || damaged("there are tokens of no piece", error);
}

static bool read_corpus(Corpus *c, GMappedFile *file, const uint8_t *fingerprint,
                        GError **error) {
    const char *bytes = g_mapped_file_get_contents(file);
    uint64_t size = g_mapped_file_get_length(file);
    if (size < HEADER || memcmp(bytes, CORPUS_MAGIC, 8) != 0) {
        g_set_error(error, MODEL_ERROR, 0, "is no corpus of tokens");
        return false;
    }
    if (fingerprint && memcmp(bytes + 32, fingerprint, CORPUS_FINGERPRINT) != 0) {
        g_set_error(error, MODEL_ERROR, 0, "was built from other files");
        return false;
    }
    uint32_t vocabulary = get32(bytes + 8), pieces = get32(bytes + 12);
    uint64_t tokens = get64(bytes + 16), index = get64(bytes + 24);
    if (vocabulary < 1 || vocabulary > 1 << 16)
        return damaged("its vocabulary is out of range", error);
    if (tokens > (size - HEADER) / 2 || index != HEADER + 2 * tokens)
        return damaged("it is shorter than its tokens", error);
    if (pieces > G_MAXINT || pieces > (size - index) / ENTRY)
        return damaged("it is shorter than its index", error);
    if (!tokens_below((const void *)(bytes + HEADER), tokens, (int)vocabulary))
        return damaged("a token is beyond the vocabulary", error);
    c->vocabulary = (int)vocabulary;
    c->piece_count = (int)pieces;
    c->pieces = g_new(CorpusPiece, pieces);
    return read_index(c, bytes, bytes + index, bytes + size, tokens, error);
}

static void unmap(void *file) { g_mapped_file_unref(file); }

bool corpus_open(Corpus *ret, const char *path, const uint8_t *fingerprint,
                 GError **error) {
    GMappedFile *file = g_mapped_file_new(path, FALSE, error);
    if (!file) return false;
    Corpus c = {.files = g_ptr_array_new_with_free_func(unmap)};
    g_ptr_array_add(c.files, file);
    if (!read_corpus(&c, file, fingerprint, error)) {
        g_prefix_error(error, "%s: ", path);
        corpus_close(&c);
        return false;
    }
    *ret = c;
    return true;
}

GArray *piece_tokens(const CorpusPiece *p) {
    GArray *tokens = g_array_sized_new(FALSE, FALSE, sizeof(Token), (guint)p->count);
    for (int i = 0; i < p->count; i++) {
        Token t = p->tokens[i];
        g_array_append_val(tokens, t);
    }
    return tokens;
}

void corpus_close(Corpus *c) {
    g_free(c->pieces);
    if (c->files) g_ptr_array_unref(c->files);
    *c = (Corpus){0};
}

int64_t piece_share(const CorpusPiece *p) { return llround(p->count * p->weight); }

int64_t corpus_share(const Corpus *c, Split split) {
    int64_t sum = 0;
    for (int i = 0; i < c->piece_count; i++)
        if (c->pieces[i].split == split) sum += piece_share(&c->pieces[i]);
    return sum;
}

void corpus_weigh(Corpus *c, double weight) {
    for (int i = 0; i < c->piece_count; i++) c->pieces[i].weight = weight;
}

void corpus_join(Corpus *c, Corpus *more, bool all) {
    c->pieces = g_renew(CorpusPiece, c->pieces, c->piece_count + more->piece_count);
    for (int i = 0; i < more->piece_count; i++) {
        CorpusPiece p = more->pieces[i];
        if (!all && p.split != SPLIT_TRAIN) continue;
        c->pieces[c->piece_count++] = p;
        c->tokens[p.split] += p.count;
    }
    g_ptr_array_extend_and_steal(c->files, g_steal_pointer(&more->files));
    corpus_close(more);
}

struct CorpusWriter {
    Replace file;
    int vocabulary;
    uint8_t fingerprint[CORPUS_FINGERPRINT];
    uint32_t pieces;
    uint64_t tokens;
    GString *index, *names; // owned; nothing else grows with the corpus
};

static void append32(GString *s, uint32_t x) {
    g_string_append_len(s, (const char *)&x, sizeof x);
}

static void append64(GString *s, uint64_t x) {
    g_string_append_len(s, (const char *)&x, sizeof x);
}

CorpusWriter *corpus_begin(const char *path, int vocabulary, const uint8_t *fingerprint,
                           GError **error) {
    Replace file;
    if (!replace_begin(&file, path, error)) return NULL;
    CorpusWriter *w = g_new(CorpusWriter, 1);
    *w = (CorpusWriter){.file = file,
                        .vocabulary = vocabulary,
                        .index = g_string_new(NULL),
                        .names = g_string_new(NULL)};
    memcpy(w->fingerprint, fingerprint, CORPUS_FINGERPRINT);
    // Reserve the header with zeros. It is written last, so a file that was not
    // committed cannot be taken for a corpus.
    replace_write(&w->file, (char[HEADER]){0}, HEADER);
    return w;
}

static bool is_piece(const CorpusWriter *w, const Token *tokens, int count) {
    for (int i = 0; i < count; i++)
        if (tokens[i] < 0 || tokens[i] >= w->vocabulary) return false;
    return count >= 2 && w->pieces < G_MAXINT;
}

static void write_tokens(CorpusWriter *w, const Token *tokens, int count) {
    uint16_t part[4096];
    for (int i = 0; i < count;) {
        int n = 0;
        while (n < (int)G_N_ELEMENTS(part) && i < count)
            part[n++] = (uint16_t)tokens[i++];
        replace_write(&w->file, part, (size_t)n * sizeof *part);
    }
}

bool corpus_add(CorpusWriter *w, const char *name, Split split, const Token *tokens,
                int count, GError **error) {
    if (!is_piece(w, tokens, count)) {
        g_set_error(error, MODEL_ERROR, 0, "%s: is no piece for the corpus", name);
        return false;
    }
    write_tokens(w, tokens, count);
    if (w->file.code) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(w->file.code),
                    "%s: could not be written: %s", w->file.path,
                    g_strerror(w->file.code));
        return false;
    }
    append64(w->index, w->tokens);
    append32(w->index, (uint32_t)count);
    append32(w->index, split);
    g_string_append_len(w->names, name, (gssize)strlen(name) + 1);
    w->tokens += (uint64_t)count;
    w->pieces++;
    return true;
}

static void writer_free(CorpusWriter *w) {
    g_string_free(w->index, TRUE);
    g_string_free(w->names, TRUE);
    g_free(w);
}

bool corpus_commit(CorpusWriter *w, GError **error) {
    GString *header = g_string_new(CORPUS_MAGIC);
    append32(header, (uint32_t)w->vocabulary);
    append32(header, w->pieces);
    append64(header, w->tokens);
    append64(header, HEADER + 2 * w->tokens);
    g_string_append_len(header, (const char *)w->fingerprint, CORPUS_FINGERPRINT);

    replace_write(&w->file, w->index->str, w->index->len);
    replace_write(&w->file, w->names->str, w->names->len);
    if (fseek(w->file.file, 0, SEEK_SET) != 0 && !w->file.code) w->file.code = errno;
    replace_write(&w->file, header->str, header->len);
    bool ok = replace_commit(&w->file, error);
    g_string_free(header, TRUE);
    writer_free(w);
    return ok;
}

void corpus_abort(CorpusWriter *w) {
    if (!w) return;
    replace_abort(&w->file);
    writer_free(w);
}
