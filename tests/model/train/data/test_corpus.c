#include "model/train/data/corpus.h"
#include "tests/test.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static char *folder, *file, *temporary;
static const uint8_t fingerprint[CORPUS_FINGERPRINT] = {1, 2, 3};
static const Token first[] = {2, 3, 259, 131, 1}, second[] = {2, 4, 300, 132, 1, 1};

// Two pieces; three bytes of each name.
static bool put(GError **error) {
    CorpusWriter *w = corpus_begin(file, 391, fingerprint, error);
    if (!w) return false;
    if (corpus_add(w, "a/1", SPLIT_TRAIN, first, G_N_ELEMENTS(first), error) &&
        corpus_add(w, "b/2", SPLIT_TEST, second, G_N_ELEMENTS(second), error))
        return corpus_commit(w, error);
    corpus_abort(w);
    return false;
}

static bool holds(const CorpusPiece *p, const char *name, Split split,
                  const Token *tokens, int count) {
    bool same = strcmp(p->name, name) == 0 && p->split == split && p->count == count;
    for (int i = 0; same && i < count; i++) same = p->tokens[i] == tokens[i];
    return same;
}

// Writes a file without syncing it, which only files worth keeping need.
static bool store(const char *bytes, size_t size) {
    FILE *f = fopen(file, "wb");
    bool ok = f && fwrite(bytes, 1, size, f) == size;
    return f && fclose(f) == 0 && ok;
}

// Does opening the bytes fail with `why` at the end of its sentence?
static bool refused(const char *bytes, size_t size, const char *why) {
    g_autoptr(GError) error = NULL;
    Corpus c;
    if (!store(bytes, size)) return false;
    if (corpus_open(&c, file, NULL, &error)) {
        corpus_close(&c);
        return false;
    }
    bool ok = g_str_has_prefix(error->message, file) &&
              g_str_has_suffix(error->message, why);
    if (!ok) fprintf(stderr, "%s\n", error->message);
    return ok;
}

static char *contents(gsize *size) {
    char *bytes = NULL;
    *size = 0;
    CHECK(put(NULL) && g_file_get_contents(file, &bytes, size, NULL));
    return bytes;
}

TEST(what_is_written_is_read_back) {
    Corpus c;
    CHECK(put(NULL));
    CHECK(corpus_open(&c, file, fingerprint, NULL));
    CHECK(c.vocabulary == 391 && c.piece_count == 2);
    CHECK(holds(&c.pieces[0], "a/1", SPLIT_TRAIN, first, G_N_ELEMENTS(first)));
    CHECK(holds(&c.pieces[1], "b/2", SPLIT_TEST, second, G_N_ELEMENTS(second)));
    CHECK(c.tokens[SPLIT_TRAIN] == 5 && c.tokens[SPLIT_TEST] == 6);
    CHECK(c.tokens[SPLIT_VALIDATION] == 0);
    corpus_close(&c);
    corpus_close(&c);
}

TEST(a_corpus_that_is_joined_brings_its_training_pieces_or_all) {
    for (int all = 0; all < 2; all++) {
        Corpus c, more;
        CHECK(put(NULL) && corpus_open(&c, file, NULL, NULL));
        CHECK(corpus_open(&more, file, NULL, NULL));
        corpus_weigh(&more, 0.5);
        corpus_join(&c, &more, all);
        CHECK(!more.pieces && !more.files);
        CHECK(c.piece_count == 3 + all);
        CHECK(c.tokens[SPLIT_TRAIN] == 10 && c.tokens[SPLIT_TEST] == 6 + 6 * all);
        CHECK(holds(&c.pieces[2], "a/1", SPLIT_TRAIN, first, G_N_ELEMENTS(first)));
        CHECK(c.pieces[0].weight == 1 && c.pieces[2].weight == 0.5);
        CHECK(corpus_share(&c, SPLIT_TRAIN) == 5 + 3); // half of five is three
        corpus_close(&c);
    }
}

TEST(the_file_is_laid_out_as_the_header_says) {
    gsize size;
    g_autofree char *bytes = contents(&size);
    CHECK(size == 64 + 2 * 11 + 2 * 16 + 2 * 4);
    CHECK(memcmp(bytes, "PARTOKS1\x87\x01\0\0\x02\0\0\0\x0b\0\0\0\0\0\0\0\x56", 25) ==
          0);
    CHECK(memcmp(bytes + 32, fingerprint, CORPUS_FINGERPRINT) == 0);
    CHECK(memcmp(bytes + 64, "\x02\0\x03\0\x03\x01\x83\0\x01\0", 10) == 0);
    CHECK(memcmp(bytes + 86 + 16, "\x05\0\0\0\0\0\0\0\x06\0\0\0\x02\0\0\0", 16) == 0);
    CHECK(memcmp(bytes + 86 + 32, "a/1\0b/2", 8) == 0);
}

TEST(a_piece_longer_than_the_writers_buffer_is_whole) {
    enum { LONG = 20000 };
    Token *tokens = g_new(Token, LONG);
    for (int i = 0; i < LONG; i++) tokens[i] = i % 391;
    CorpusWriter *w = corpus_begin(file, 391, fingerprint, NULL);
    CHECK(corpus_add(w, "long", SPLIT_TRAIN, tokens, LONG, NULL));
    CHECK(corpus_commit(w, NULL));
    Corpus c;
    CHECK(corpus_open(&c, file, NULL, NULL));
    CHECK(holds(&c.pieces[0], "long", SPLIT_TRAIN, tokens, LONG));
    corpus_close(&c);
    g_free(tokens);
}

TEST(a_corpus_without_pieces_is_one) {
    CorpusWriter *w = corpus_begin(file, 391, fingerprint, NULL);
    CHECK(corpus_commit(w, NULL));
    Corpus c;
    CHECK(corpus_open(&c, file, fingerprint, NULL));
    CHECK(c.piece_count == 0);
    corpus_close(&c);
}

TEST(only_its_own_fingerprint_opens_it_and_none_opens_any) {
    const uint8_t other[CORPUS_FINGERPRINT] = {1, 2, 4};
    Corpus c;
    CHECK(put(NULL));
    CHECK(!corpus_open(&c, file, other, NULL));
    CHECK(corpus_open(&c, file, NULL, NULL));
    corpus_close(&c);
}

TEST(nothing_is_there_before_the_commit_or_after_an_abort) {
    g_unlink(file);
    CorpusWriter *w = corpus_begin(file, 391, fingerprint, NULL);
    CHECK(corpus_add(w, "a", SPLIT_TRAIN, first, G_N_ELEMENTS(first), NULL));
    CHECK(!g_file_test(file, G_FILE_TEST_EXISTS));
    corpus_abort(w);
    CHECK(!g_file_test(file, G_FILE_TEST_EXISTS));
    CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
    corpus_abort(NULL);
}

TEST(a_piece_outside_of_the_vocabulary_or_too_short_is_refused_and_leaves_no_trace) {
    const Token high[] = {2, 391, 1}, low[] = {2, -1, 1};
    CorpusWriter *w = corpus_begin(file, 391, fingerprint, NULL);
    CHECK(!corpus_add(w, "high", SPLIT_TRAIN, high, 3, NULL));
    CHECK(!corpus_add(w, "low", SPLIT_TRAIN, low, 3, NULL));
    CHECK(!corpus_add(w, "short", SPLIT_TRAIN, first, 1, NULL));
    CHECK(corpus_add(w, "a", SPLIT_TRAIN, first, G_N_ELEMENTS(first), NULL));
    CHECK(corpus_commit(w, NULL));
    Corpus c;
    CHECK(corpus_open(&c, file, NULL, NULL));
    CHECK(c.piece_count == 1);
    CHECK(holds(&c.pieces[0], "a", SPLIT_TRAIN, first, G_N_ELEMENTS(first)));
    corpus_close(&c);
}

TEST(a_file_cut_anywhere_is_refused) {
    gsize size;
    g_autofree char *bytes = contents(&size);
    for (gsize n = 0; n < size; n++) CHECK(refused(bytes, n, ""));
}

TEST(what_is_damaged_is_said) {
    static const struct {
        int at, value;
        const char *why;
    } cases[] = {
        {0, 'x', "is no corpus of tokens"},
        {8, 0x2C, "a token is beyond the vocabulary"}, // 300 of 391
        {11, 1, "its vocabulary is out of range"},
        {15, 1, "it is shorter than its index"},
        {12, 1, "there are tokens of no piece"},
        {16, 12, "it is shorter than its tokens"},
        {23, 0x80, "it is shorter than its tokens"},
        {24, 0, "it is shorter than its tokens"},
        {86, 1, "a piece lies elsewhere than the one before it ends"},
        {86 + 8, 1, "a piece lies elsewhere than the one before it ends"},
        {86 + 11, 0xFF, "a piece lies elsewhere than the one before it ends"},
        {86 + 12, 3, "a piece is in no split"},
        {86 + 39, 'x', "a piece's name does not end"},
    };
    gsize size;
    g_autofree char *bytes = contents(&size);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char was = bytes[cases[i].at];
        bytes[cases[i].at] = (char)cases[i].value;
        CHECK(refused(bytes, size, cases[i].why));
        bytes[cases[i].at] = was;
    }
}

TEST(whatever_byte_is_changed_every_piece_lies_in_the_file) {
    gsize size;
    g_autofree char *bytes = contents(&size);
    for (gsize i = 0; i < size; i++)
        for (int bit = 0; bit < 8; bit++) {
            bytes[i] = (char)(bytes[i] ^ 1 << bit);
            CHECK(store(bytes, size));
            bytes[i] = (char)(bytes[i] ^ 1 << bit);
            Corpus c;
            if (!corpus_open(&c, file, NULL, NULL)) continue;
            int64_t total = 0;
            const char *end = g_mapped_file_get_contents(c.files->pdata[0]) + size;
            for (int p = 0; p < c.piece_count; p++) {
                total += c.pieces[p].count;
                CHECK((const char *)(c.pieces[p].tokens + c.pieces[p].count) <= end);
                CHECK(c.pieces[p].name + strlen(c.pieces[p].name) < end);
            }
            CHECK(total == 11);
            corpus_close(&c);
        }
}

TEST(a_missing_file_is_an_error) {
    Corpus c;
    g_autoptr(GError) error = NULL;
    g_unlink(file);
    CHECK(!corpus_open(&c, file, NULL, &error));
    CHECK(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
}

TEST(a_full_disk_is_said_while_it_is_built_and_leaves_nothing) {
    struct rlimit was;
    getrlimit(RLIMIT_FSIZE, &was);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){30000, was.rlim_max});
    CorpusWriter *w = corpus_begin(file, 391, fingerprint, NULL);
    g_autoptr(GError) error = NULL;
    int added = 0;
    while (added < 1000000 &&
           corpus_add(w, "a", SPLIT_TRAIN, first, G_N_ELEMENTS(first), &error))
        added++;
    setrlimit(RLIMIT_FSIZE, &was);
    CHECK(added < 10000);
    g_autofree char *want = g_strdup_printf("%s: could not be written: %s", file,
                                            g_strerror(EFBIG));
    CHECK(error && strcmp(error->message, want) == 0);
    corpus_abort(w);
    CHECK(!g_file_test(file, G_FILE_TEST_EXISTS));
    CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
}

TEST(splits_have_names) {
    Split split;
    for (int s = 0; s < SPLITS; s++) {
        CHECK(split_from_name(split_names[s], &split));
        CHECK((int)split == s);
    }
    CHECK(!split_from_name("dev", &split));
}

int main(void) {
    folder = g_dir_make_tmp("corpus-XXXXXX", NULL);
    file = g_build_filename(folder, "c.tokens", NULL);
    temporary = g_strconcat(file, ".tmp", NULL);
    RUN(what_is_written_is_read_back);
    RUN(a_corpus_that_is_joined_brings_its_training_pieces_or_all);
    RUN(the_file_is_laid_out_as_the_header_says);
    RUN(a_piece_longer_than_the_writers_buffer_is_whole);
    RUN(a_corpus_without_pieces_is_one);
    RUN(only_its_own_fingerprint_opens_it_and_none_opens_any);
    RUN(nothing_is_there_before_the_commit_or_after_an_abort);
    RUN(a_piece_outside_of_the_vocabulary_or_too_short_is_refused_and_leaves_no_trace);
    RUN(a_file_cut_anywhere_is_refused);
    RUN(what_is_damaged_is_said);
    RUN(whatever_byte_is_changed_every_piece_lies_in_the_file);
    RUN(a_missing_file_is_an_error);
    RUN(a_full_disk_is_said_while_it_is_built_and_leaves_nothing);
    RUN(splits_have_names);
    g_unlink(file);
    g_rmdir(folder);
    g_free(folder);
    g_free(file);
    g_free(temporary);
    return test_end();
}
