// Compares token ids with those of an independent implementation. The files of
// tests/golden/field are of kinds that occurred in practice, with all their ids. Real
// performances are in the table PAR_GOLDEN_TOKENS, with their first ids and a checksum
// of all; their files are under PAR_GOLDEN_MIDI or in the archives of shared/data.
#include "midi/augment.h"
#include "midi/smf/smf_read.h"
#include "midi/smf/smf_write.h"
#include "tests/streams.h"
#include "tests/test.h"

#include <glib/gstdio.h>
#include <stdlib.h>

enum { FILE_NAME, MODE, IDS, FIELD_COLUMNS };
enum { COUNT = IDS, SHA256, FIRST_IDS, COLUMNS };

static const char *const archives[] = {"maestro-v3-dev", "rolls-mit-dev"};

// The current row, read and encoded.
typedef struct Row {
    const char *file, *mode, *first_ids;
    int count;          // the number of all ids; 0: the first are all
    const char *sha256; // the checksum of all ids; NULL: the first are all
} Row;

static Row row;
static TokenizerKind kind;
static Performance performance;
static GArray *tokens;

TEST(the_tokens_are_the_golden_ones) {
    g_auto(GStrv) first = g_strsplit(row.first_ids, " ", -1);
    for (guint i = 0; first[i]; i++)
        CHECK(i < tokens->len && stream_tokens(tokens)[i] == atoi(first[i]));
    CHECK(tokens->len == (row.sha256 ? (guint)row.count : g_strv_length(first)));
    if (!row.sha256) return;

    GArray *ids = g_array_new(false, false, sizeof(gint32));
    for (guint i = 0; i < tokens->len; i++) {
        gint32 id = GINT32_TO_LE(stream_tokens(tokens)[i]);
        g_array_append_val(ids, id);
    }
    g_autofree char *sha256 = g_compute_checksum_for_data(
        G_CHECKSUM_SHA256, (const guchar *)ids->data, ids->len * sizeof(gint32));
    CHECK(strcmp(sha256, row.sha256) == 0);
    g_array_unref(ids);
}

TEST(the_grammar_accepts_every_token) { CHECK(stream_legal(tokens, kind)); }

TEST(tokens_come_back_the_same_through_a_file) {
    Performance decoded = {0}, read = {0};
    SmfReport report;
    tokenizer_decode(&decoded, stream_tokens(tokens), tokens->len);
    GBytes *bytes = smf_write(&decoded, NULL, NULL);
    gsize size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    CHECK(smf_parse(data, size, "export", &read, &report, NULL));
    CHECK(report.warned == 0);
    GArray *again = tokenizer_encode(&read, kind);
    CHECK(stream_equal(tokens, again));
    g_array_unref(again);
    g_bytes_unref(bytes);
    performance_clear(&decoded);
    performance_clear(&read);
}

TEST(augmentation_by_nothing_changes_nothing) {
    int place = 0;
    const Augmentation none = {0, 1, 0};
    GArray *same = augment_tokens(stream_tokens(tokens), (int)tokens->len, &none,
                                  &place);
    CHECK(stream_equal(tokens, same));
    g_array_unref(same);
}

TEST(augmented_tokens_are_legal) {
    for (int i = -2; i <= 2; i++) {
        int place = 0;
        const Augmentation a = {i, 1 + 0.05 * i, i};
        GArray *other = augment_tokens(stream_tokens(tokens), (int)tokens->len, &a,
                                       &place);
        CHECK(stream_legal(other, kind));
        g_array_unref(other);
    }
}

static char *find(const char *folder, const char *name) {
    char *path = g_build_filename(folder, name, NULL);
    for (size_t i = 0;
         i < G_N_ELEMENTS(archives) && !g_file_test(path, G_FILE_TEST_EXISTS); i++) {
        g_free(path);
        path = g_build_filename(folder, archives[i], name, NULL);
    }
    return path;
}

static void fail(const char *what) {
    printf("not ok %d - %s\n", ++test_count, what);
    test_failures++;
}

static void test_row(const char *folder) {
    kind = g_str_has_suffix(row.mode, "pedal") ? TOKENIZER_PEDAL
                                               : TOKENIZER_PERFORMANCE;
    g_autofree char *path = find(folder, row.file);
    g_autoptr(GError) error = NULL;
    if (!smf_read(path, &performance, NULL, &error)) {
        fail(error->message);
        return;
    }
    tokens = tokenizer_encode(&performance, kind);
    int failures = test_failures;
    RUN(the_tokens_are_the_golden_ones);
    RUN(the_grammar_accepts_every_token);
    RUN(tokens_come_back_the_same_through_a_file);
    RUN(augmentation_by_nothing_changes_nothing);
    RUN(augmented_tokens_are_legal);
    if (test_failures > failures) fprintf(stderr, "in %s, %s\n", row.file, row.mode);
    g_array_unref(tokens);
    performance_clear(&performance);
}

// Calls a function for each line of the table, without the first, which names the
// columns.
static void test_table(const char *table, char **lines, int columns,
                       const char *folder) {
    int rows = 0;
    for (char **line = lines + 1; *lines && *line; line++) {
        if (!**line) continue;
        g_auto(GStrv) fields = g_strsplit(g_strchomp(*line), "\t", -1);
        if ((int)g_strv_length(fields) != columns) {
            fail("a row has another number of columns");
            continue;
        }
        row = columns == FIELD_COLUMNS
                  ? (Row){fields[FILE_NAME], fields[MODE], fields[IDS], 0, NULL}
                  : (Row){fields[FILE_NAME], fields[MODE], fields[FIRST_IDS],
                          atoi(fields[COUNT]), fields[SHA256]};
        test_row(folder);
        rows++;
    }
    if (rows > 0) return;
    fprintf(stderr, "%s: has no rows\n", table);
    fail("the table has rows");
}

// Unpacks those of the table's files that are in the archive. tar complains about files
// that are in another archive, but only the unpacked files matter. Returns false if the
// archive is missing.
static bool unpack(const char *archive, char **lines, const char *folder) {
    g_autofree char *path = g_strdup_printf("%s/../shared/data/%s.tar.xz",
                                            PAR_SOURCE_ROOT, archive);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) return false;
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    const char *const start[] = {"tar", "-xJf", path, "-C", folder};
    for (size_t i = 0; i < G_N_ELEMENTS(start); i++)
        g_ptr_array_add(argv, g_strdup(start[i]));
    for (char **line = lines; *line; line++) {
        char *tab = strchr(*line, '\t');
        if (!tab) continue;
        g_autofree char *name = g_strndup(*line, (gsize)(tab - *line));
        g_ptr_array_add(argv, g_build_filename(archive, name, NULL));
    }
    g_ptr_array_add(argv, NULL);
    return g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                        NULL, NULL, NULL, NULL);
}

static void remove_folder(const char *folder) {
    const char *const argv[] = {"rm", "-rf", "--", folder, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
}

static void test_field_files(void) {
    static const char folder[] = PAR_SOURCE_ROOT "/tests/golden/field",
                      table[] = PAR_SOURCE_ROOT "/tests/golden/field/EXPECTED.tsv";
    g_autofree char *text = NULL;
    g_file_get_contents(table, &text, NULL, NULL);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    test_table(table, lines, FIELD_COLUMNS, folder);
}

int main(void) {
    test_field_files();
    const char *table = g_getenv("PAR_GOLDEN_TOKENS");
    const char *given = g_getenv("PAR_GOLDEN_MIDI");
    g_autofree char *text = NULL, *unpacked = NULL;
    bool asked = table != NULL;
    if (!asked) table = PAR_SOURCE_ROOT "/../shared/golden/tokens.tsv";
    if (!g_file_get_contents(table, &text, NULL, NULL)) {
        if (asked)
            fprintf(stderr, "%s: cannot be read\n", table);
        else
            SKIP("no golden tokens in this checkout");
        return asked ? 1 : test_end();
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1); // the first names the columns
    bool found = given != NULL;
    if (!given) {
        unpacked = g_dir_make_tmp("par-midi-golden-XXXXXX", NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(archives); i++)
            if (unpack(archives[i], lines + 1, unpacked)) found = true;
    }
    if (!found) SKIP("no archives of MIDI files in this checkout");
    if (found) test_table(table, lines, COLUMNS, given ? given : unpacked);
    if (unpacked) remove_folder(unpacked);
    return test_end();
}
