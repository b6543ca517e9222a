#include "app/base/csv.h"
#include "app/base/interrupt.h"
#include "app/data/dataset.h"
#include "app/data/dataset_list.h"
#include "midi/performance.h"
#include "midi/smf/smf_write.h"
#include "midi/tokenizer.h"
#include "tests/test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CSV_HEAD "canonical_composer,split,midi_filename\n"

static char *root; // the folder of everything that the tests make
static char *set;  // the data set of the current test

static Encoding music, pedal; // with the two tokenizers

static void remove_all(const char *path) {
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL
                                                          : g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_all(below);
    }
    if (dir) g_dir_close(dir);
    g_remove(path);
}

// Makes an empty data set.
static void begin(void) {
    g_free(set);
    set = g_build_filename(root, "set", NULL);
    remove_all(set);
    g_mkdir(set, 0777);
}

static char *in_set(const char *name) { return g_build_filename(set, name, NULL); }

static void put(const char *name, const void *bytes, gssize size) {
    g_autofree char *path = in_set(name), *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0777);
    CHECK(g_file_set_contents(path, bytes, size, NULL));
}

static void put_text(const char *name, const char *text) { put(name, text, -1); }

// Makes a file with `notes` notes from `pitch` upwards.
static void put_midi(const char *name, int pitch, int notes) {
    Performance p = {0};
    for (int i = 0; i < notes; i++)
        performance_add_note(
            &p, (Note){i * 250000, i * 250000 + 200000, (uint8_t)(pitch + i), 80});
    performance_finish(&p);
    GBytes *bytes = smf_write(&p, NULL, NULL);
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    put(name, data, (gssize)size);
    g_bytes_unref(bytes);
    performance_clear(&p);
}

// Returns the list as "NAME split, NAME split ...", then a line for each reason without
// the folder's path. To be freed.
static char *listed(void) {
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    DatasetBasis basis;
    g_autoptr(GPtrArray) files = dataset_list(set, &music, reasons, &basis, &error);
    dataset_basis_clear(&basis);
    GString *s = g_string_new(NULL);
    for (guint i = 0; files && i < files->len; i++) {
        const DatasetFile *f = files->pdata[i];
        g_string_append_printf(s, "%s%s %s", i ? ", " : "", f->name,
                               split_names[f->split]);
    }
    if (!files) g_string_append(s, error->message);
    for (guint i = 0; i < reasons->len; i++)
        g_string_append_printf(s, "\n%s", (char *)reasons->pdata[i]);
    g_autofree char *prefix = g_strconcat(set, "/", NULL);
    g_string_replace(s, prefix, "", 0);
    g_string_replace(s, set, "SET", 0);
    return g_string_free(s, FALSE);
}

static bool lists(const char *want) {
    g_autofree char *got = listed();
    if (strcmp(got, want) == 0) return true;
    fprintf(stderr, "%s\n", got);
    return false;
}

static bool is_split(const char *want) {
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    DatasetBasis basis;
    g_autoptr(GPtrArray) files = dataset_list(set, &music, reasons, &basis, NULL);
    g_autofree char *got = g_strconcat(basis.split, basis.unread, NULL);
    CHECK(files && basis.listed == !g_str_has_prefix(got, "by a hash"));
    dataset_basis_clear(&basis);
    if (strcmp(got, want) == 0) return true;
    fprintf(stderr, "%s\n", got);
    return false;
}

// Returns the rows as "a|b/c|d/".
static bool reads(const char *text, const char *want) {
    Csv csv;
    csv_init(&csv, text, strlen(text));
    g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);
    GString *got = g_string_new(NULL);
    while (csv_row(&csv, row)) {
        for (guint i = 0; i < row->len; i++)
            g_string_append_printf(got, "%s%s", i ? "|" : "", (char *)row->pdata[i]);
        g_string_append_c(got, '/');
    }
    bool same = strcmp(got->str, want) == 0;
    if (!same) fprintf(stderr, "%s\n", got->str);
    g_string_free(got, TRUE);
    return same;
}

TEST(a_csv_has_rows_and_fields) {
    CHECK(reads("a,b\nc,d\n", "a|b/c|d/"));
    CHECK(reads("a,b\nc,d", "a|b/c|d/"));
    CHECK(reads("a,,\n,\n", "a||/|/"));
    CHECK(reads("a,", "a|/"));
    CHECK(reads("", ""));
}

TEST(a_csv_may_end_lines_as_windows_does_and_begin_with_a_byte_order_mark) {
    CHECK(reads("\xEF\xBB\xBF"
                "a,b\r\nc,d\r\n",
                "a|b/c|d/"));
    CHECK(reads("\r\n\na\r\n\r\n", "a/"));
    CHECK(reads("a\rb\n", "a\rb/"));
}

TEST(a_csv_field_in_quotes_may_hold_commas_quotes_and_lines) {
    CHECK(reads("\"a,b\",c\n", "a,b|c/"));
    CHECK(reads("\"a \"\"b\"\"\",\"\"\n", "a \"b\"|/"));
    CHECK(reads("\"a\nb\r\nc\",d\ne\n", "a\nb\r\nc|d/e/"));
    CHECK(reads("a\"b,c\n", "a\"b|c/"));
}

TEST(a_quote_that_is_never_closed_runs_to_the_end) {
    CHECK(reads("a,\"b\nc,d\n", "a|b\nc,d\n/"));
    CHECK(reads("\"", "/"));
    CHECK(reads("\"\"", "/"));
    CHECK(reads("\"\"\"", "\"/"));
}

TEST(semicolons_and_tabs_separate_where_the_first_row_has_most_of_them) {
    CHECK(reads("a;b,c;d\n1,5;2\n", "a|b,c|d/1,5|2/"));
    CHECK(reads("a\tb\n\"c\td\";e\tf\n", "a|b/c\td;e|f/"));
    CHECK(reads("\r\n\"a;;;b\",c\n", "a;;;b|c/"));
    CHECK(reads("a,b;c\n", "a|b;c/"));
    CHECK(reads("a\nb,c\n", "a/b|c/"));
}

TEST(a_line_that_names_the_separator_is_obeyed) {
    CHECK(reads("sep=;\r\na,b\r\nc;d\r\n", "a,b/c|d/"));
    CHECK(reads("\xEF\xBB\xBFsep=|\na|b\n", "a|b/"));
    CHECK(reads("sep=,a\n", "sep=|a/") && reads("sep=", "sep=/"));
}

// Writes the text in UTF-16 without its first `skip` bytes.
static void put_utf16(const char *name, const char *text, const char *code, int skip) {
    gsize size;
    g_autofree char *bytes = g_convert(text, -1, code, "UTF-8", NULL, &size, NULL);
    CHECK(bytes && (int)size > skip);
    put(name, bytes + skip, (gssize)size - skip);
}

TEST(a_csv_is_understood_as_spreadsheets_write_it) {
    const char *head = "\xEF\xBB\xBF"
                       "Title; Split ;MIDI_Filename\n;VALIDATION; a.mid \n"
                       ";Train;\"b;c.mid\"\n";
    for (int way = 0; way < 6; way++) {
        begin();
        put_midi("a.mid", 60, 1);
        put_midi("b;c.mid", 60, 1);
        if (way == 0) put_text("m.csv", head);
        if (way == 1) put_text("m.CSV", head + 3);
        if (way == 2) put_utf16("m.csv", head, "UTF-16LE", 0);
        if (way == 3) put_utf16("m.csv", head, "UTF-16LE", 2); // without its BOM
        if (way == 4) put_utf16("m.csv", head, "UTF-16BE", 0);
        if (way == 5) put_utf16("m.csv", head, "UTF-16BE", 2);
        CHECK(lists("a.mid validation, b;c.mid train"));
    }
}

TEST(a_csv_that_has_composer_and_title_names_the_pieces) {
    begin();
    for (char name[] = "a.mid"; *name < 'd'; ++*name) put_midi(name, 60, 1);
    put_text("m.csv", "canonical_composer,canonical_title,split,midi_filename\n"
                      "Alban Berg,\"Sonata, Op. 1\",train,a.mid\n");
    put_text("n.csv", "split,midi_filename,canonical_title\ntrain,b.mid,Dumka\n");
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    DatasetBasis basis;
    g_autoptr(GPtrArray) files = dataset_list(set, &music, reasons, &basis, NULL);
    CHECK(files->len == 2 && reasons->len == 0);
    const DatasetFile *a = files->pdata[0], *b = files->pdata[1];
    CHECK(strcmp(a->title, "Alban Berg: Sonata, Op. 1") == 0 && !b->title);
    dataset_basis_clear(&basis);
}

TEST(what_decided_the_split_is_said_and_what_a_csv_lacks) {
    begin();
    put_midi("a.mid", 60, 1);
    CHECK(is_split("by a hash of the names"));
    put_text("1.csv", "date;weather\n1;2\n");
    put_text("2.csv", "");
    put_text("3.csv", "split,path\n");
    put_text("4.csv", "file,title\n");
    put("5.csv", "\xFF\xFE\x00", 3);
    CHECK(is_split(
        "by a hash of the names; 1.csv is not read: it has no column split and "
        "no midi_filename or file; 2.csv is not read: it is empty; 3.csv is "
        "not read: it has no column midi_filename or file; 4.csv is not read: "
        "it has no column split; 5.csv is not read: it is no text"));
    for (int i = 2; i <= 5; i++) {
        g_autofree char *name = g_strdup_printf("%d.csv", i), *path = in_set(name);
        CHECK(g_remove(path) == 0);
    }
    put_text("6.csv", "file\tSPLIT\na.mid\ttrain\n");
    put_text("7.csv", CSV_HEAD);
    CHECK(is_split("by 6.csv, 7.csv; 1.csv is not read: it has no column split and no "
                   "midi_filename or file"));
}

TEST(a_csv_gives_the_files_and_their_splits) {
    begin();
    put_text("m.csv", CSV_HEAD "\"Berg, Alban\",test,2018/b.midi\nX,train,a.mid\n"
                               "Y,validation,./c//d.mid\n");
    put_midi("2018/b.midi", 60, 1);
    put_midi("a.mid", 60, 1);
    put_midi("c/d.mid", 60, 1);
    put_midi("not-listed.mid", 60, 1);
    CHECK(lists("2018/b.midi test, a.mid train, c/d.mid validation"));
}

TEST(every_csv_with_the_columns_counts_and_file_does_for_midi_filename) {
    begin();
    put_text("1.csv", "file,split\na.mid,train\n");
    put_text("2.csv", CSV_HEAD ",test,b.mid\n");
    put_text("3.csv", "date,weather\n1,2\n");
    put_text("4.csv", "");
    put_midi("a.mid", 60, 1);
    put_midi("b.mid", 60, 1);
    CHECK(lists("a.mid train, b.mid test"));
}

TEST(a_path_out_of_the_folder_is_refused) {
    begin();
    put_text("m.csv", CSV_HEAD ",train,/etc/passwd\n,train,../a.mid\n"
                               ",train,b/../../a.mid\n,train,ok.mid\n");
    put_midi("ok.mid", 60, 1);
    CHECK(lists("ok.mid train\n"
                "/etc/passwd: lies outside of SET\n"
                "../a.mid: lies outside of SET\n"
                "b/../../a.mid: lies outside of SET"));
}

TEST(what_is_missing_or_in_two_splits_is_left_out) {
    begin();
    put_text("m.csv", CSV_HEAD ",train,none.mid\n,train,both.mid\n,test,./both.mid\n"
                               ",train,ok.mid\n,train,ok.mid\n,other,ok.mid\n,train\n"
                               ",train,sub\n");
    put_midi("both.mid", 60, 1);
    put_midi("ok.mid", 60, 1);
    put_midi("sub/x.mid", 60, 1);
    CHECK(lists("ok.mid train\n"
                "m.csv: row 7: there is no split \"other\"\n"
                "m.csv: row 8 names no file and split\n"
                "both.mid: is listed in two splits\n"
                "none.mid: No such file or directory\n"
                "sub: is not a file"));
}

TEST(without_a_csv_every_midi_file_below_is_taken_in_bytewise_order) {
    begin();
    const char *names[] = {"b.mid", "B.MID", "a/z.midi", "a/b/c.smf",
                           "a.txt", "é.mid", "k.kar",    "r.rmi"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) put_midi(names[i], 60, 1);
    g_autofree char *got = listed();
    g_autoptr(GRegex) split = g_regex_new(" (train|validation|test)", 0, 0, NULL);
    g_autofree char *order = g_regex_replace_literal(split, got, -1, 0, "", 0, NULL);
    CHECK(strcmp(order, "B.MID, a/b/c.smf, a/z.midi, b.mid, k.kar, r.rmi, é.mid") == 0);
}

TEST(names_that_begin_with_a_dot_are_left_alone_and_linked_files_taken) {
    begin();
    put_midi("a.mid", 60, 1);
    put_midi("._a.mid", 60, 1);
    put_midi(".git/b.mid", 60, 1);
    g_autofree char *link = in_set("c.mid");
    CHECK(symlink("a.mid", link) == 0);
    g_autofree char *got = listed();
    CHECK(strstr(got, "a.mid ") == got && strstr(got, ", c.mid "));
    CHECK(!strstr(got, "._a") && !strstr(got, ".git"));
}

static void put_link(const char *to, const char *name) {
    g_autofree char *path = in_set(name);
    CHECK(symlink(to, path) == 0);
}

// Returns the listed names, and a line for each reason.
static bool names_are(const char *want) {
    g_autofree char *got = listed();
    g_autoptr(GRegex) split = g_regex_new(" (train|validation|test)", 0, 0, NULL);
    g_autofree char *names = g_regex_replace_literal(split, got, -1, 0, "", 0, NULL);
    if (strcmp(names, want) == 0) return true;
    fprintf(stderr, "%s\n", names);
    return false;
}

TEST(a_linked_folder_is_entered_wherever_it_leads) {
    begin();
    g_autofree char *outside = g_build_filename(root, "outside", NULL);
    remove_all(outside);
    put_midi("a.mid", 60, 1);
    put_midi("../outside/sub/b.mid", 60, 1);
    put_link("../outside", "0");
    CHECK(names_are("0/sub/b.mid, a.mid"));
    g_autofree char *link = g_build_filename(outside, "next", NULL);
    g_autofree char *third = g_build_filename(root, "third", NULL);
    remove_all(third);
    put_midi("../third/c.mid", 60, 1);
    CHECK(symlink(third, link) == 0); // from a folder that was itself entered by a link
    CHECK(names_are("0/next/c.mid, 0/sub/b.mid, a.mid"));
    remove_all(outside);
    remove_all(third);
}

TEST(no_folder_is_listed_twice_whatever_links_lead_round) {
    begin();
    put_midi("z/a.mid", 60, 1);
    put_link(".", "around");
    put_link("../z", "z/itself");
    put_link("z", "again"); // sorted before z, but a link
    put_link("none", "dangling");
    CHECK(names_are("z/a.mid\n"
                    "again: is a link to a folder that is listed already\n"
                    "around: is a link to a folder that is listed already\n"
                    "z/itself: is a link to a folder that is listed already"));
}

TEST(a_hash_of_the_name_holds_out_1_in_20_each) {
    begin();
    for (int i = 0; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("piece %d.mid", i);
        put_text(name, "");
    }
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    DatasetBasis basis;
    g_autoptr(GPtrArray) files = dataset_list(set, &music, reasons, &basis, NULL);
    dataset_basis_clear(&basis);
    int count[SPLITS] = {0};
    for (guint i = 0; i < files->len; i++)
        count[((DatasetFile *)files->pdata[i])->split]++;
    CHECK_NEAR(count[SPLIT_VALIDATION], 50, 25);
    CHECK_NEAR(count[SPLIT_TEST], 50, 25);
}

TEST(a_small_folder_has_something_to_train_on_and_from_two_files_on_to_validate_on) {
    for (int files = 1; files < 12; files++) {
        begin();
        for (int i = 0; i < files; i++) {
            g_autofree char *name = g_strdup_printf("%d-%d.mid", files, i);
            put_text(name, "");
        }
        g_autofree char *got = listed();
        CHECK(strstr(got, " train"));
        if (files > 3) CHECK(strstr(got, " validation"));
    }
}

TEST(a_folder_without_midi_or_that_is_none_is_said) {
    begin();
    CHECK(lists("SET: holds no MIDI files"));
    put_text("m.csv", CSV_HEAD ",train,none.mid\n");
    CHECK(lists("SET: holds no MIDI files that can be used "
                "(none.mid: No such file or directory)\n"
                "none.mid: No such file or directory"));
    remove_all(set);
    CHECK(lists("SET: is not a folder that can be read"));
}

// Makes three good files, a broken one, and one without a note.
static void put_set(void) {
    begin();
    put_text("m.csv", CSV_HEAD ",train,b.mid\n,validation,a.mid\n,test,c.mid\n"
                               ",train,broken.mid\n,train,silent.mid\n");
    put_midi("a.mid", 50, 3);
    put_midi("b.mid", 60, 4);
    put_midi("c.mid", 70, 5);
    put_text("broken.mid", "no MIDI at all");
    put_midi("silent.mid", 60, 0);
}

static char *cache(void) { return g_build_filename(root, "cache.tokens", NULL); }

TEST(a_corpus_has_the_tokens_of_its_files_in_order) {
    put_set();
    g_autofree char *path = cache();
    Corpus c;
    DatasetReport report;
    CHECK(dataset_open(&c, set, path, &music, &report, NULL));
    CHECK(c.piece_count == 3 && c.vocabulary == VOCABULARY_PERFORMANCE);
    CHECK(strcmp(c.pieces[0].name, "a.mid") == 0);
    CHECK(strcmp(c.pieces[1].name, "b.mid") == 0);
    CHECK(strcmp(c.pieces[2].name, "c.mid") == 0);
    CHECK(c.pieces[0].split == SPLIT_VALIDATION && c.pieces[1].split == SPLIT_TRAIN);
    const Token want[] = {2,   378, 53,  278, 181, 263, 54,
                          278, 182, 263, 55,  278, 183, 1};
    CHECK(c.pieces[0].count == (int)G_N_ELEMENTS(want));
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++)
        CHECK(c.pieces[0].tokens[i] == want[i]);
    corpus_close(&c);
    dataset_report_clear(&report);
}

TEST(a_damaged_file_and_one_without_notes_are_left_out_with_a_reason) {
    put_set();
    g_autofree char *path = cache();
    g_remove(path);
    for (int again = 0; again < 2; again++) {
        Corpus c;
        DatasetReport report;
        CHECK(dataset_open(&c, set, path, &music, &report, NULL));
        CHECK(report.reused == again);
        CHECK(report.files == 3 && report.skipped == 2);
        CHECK(report.reasons->len == 2);
        CHECK(strstr(report.reasons->pdata[0], "broken.mid: byte 0: "));
        CHECK(g_str_has_suffix(report.reasons->pdata[1],
                               "silent.mid: holds no piano notes"));
        corpus_close(&c);
        dataset_report_clear(&report);
        dataset_report_clear(&report);
    }
}

static bool reuses(const Encoding *encoding) {
    g_autofree char *path = cache();
    Corpus c;
    DatasetReport report;
    CHECK(dataset_open(&c, set, path, encoding, &report, NULL));
    bool reused = report.reused;
    corpus_close(&c);
    dataset_report_clear(&report);
    return reused;
}

TEST(the_cache_is_used_until_a_file_a_split_or_the_tokenizer_changes) {
    put_set();
    reuses(&music);
    CHECK(reuses(&music));
    CHECK(!reuses(&pedal));
    CHECK(reuses(&pedal));
    put_midi("b.mid", 61, 5);
    CHECK(!reuses(&pedal));
    put_text("n.csv", CSV_HEAD ",train,d.mid\n");
    put_midi("d.mid", 61, 5);
    CHECK(!reuses(&pedal));
    put_text("n.csv", CSV_HEAD ",test,d.mid\n");
    CHECK(!reuses(&pedal));
    CHECK(reuses(&pedal));
}

TEST(a_damaged_cache_is_built_again) {
    put_set();
    reuses(&music);
    g_autofree char *path = cache();
    CHECK(truncate(path, 100) == 0);
    CHECK(!reuses(&music));
    CHECK(reuses(&music));
}

// Puts something at the cache's path before it is opened.
static bool gives_way(const char *text, gssize size) {
    g_autofree char *path = cache(), *after = NULL;
    CHECK(g_file_set_contents(path, text, size, NULL));
    Corpus c = {0};
    DatasetReport report;
    g_autoptr(GError) error = NULL;
    bool ok = dataset_open(&c, set, path, &pedal, &report, &error);
    if (!ok) {
        CHECK(strstr(error->message, "cache.tokens: is no corpus"));
        CHECK(g_file_get_contents(path, &after, NULL, NULL));
        CHECK(after && strcmp(after, text) == 0);
    }
    corpus_close(&c);
    dataset_report_clear(&report);
    g_remove(path);
    return ok;
}

TEST(a_corpus_takes_the_place_of_a_corpus_or_of_nothing_only) {
    put_set();
    CHECK(!gives_way("all I have written", -1));
    CHECK(!gives_way("PART", -1));
    CHECK(gives_way("PARTOKS1 and what it was built from is gone", -1));
    CHECK(gives_way("", 0));
}

TEST(a_corpus_is_kept_in_the_users_cache_folder_unless_told) {
    put_set();
    bool reused[2];
    for (int again = 0; again < 2; again++) {
        Corpus c;
        DatasetReport report;
        CHECK(dataset_open(&c, set, NULL, &pedal, &report, NULL));
        reused[again] = report.reused;
        corpus_close(&c);
        dataset_report_clear(&report);
    }
    CHECK(!reused[0] && reused[1]);
    g_autofree char *home = g_build_filename(root, "home", "par-midi", NULL);
    CHECK(g_file_test(home, G_FILE_TEST_IS_DIR));
}

TEST(a_folder_of_which_nothing_can_be_used_is_an_error) {
    begin();
    put_text("a.mid", "no MIDI");
    g_autofree char *path = cache();
    Corpus c;
    DatasetReport report;
    g_autoptr(GError) error = NULL;
    CHECK(!dataset_open(&c, set, path, &music, &report, &error));
    CHECK(strstr(error->message, "none of its 1 MIDI files can be used (") != NULL);
    dataset_report_clear(&report);
}

TEST(stopping_while_the_corpus_is_built_leaves_no_file) {
    put_set();
    g_autofree char *path = cache(), *temporary = g_strconcat(path, ".tmp", NULL);
    g_remove(path);
    interrupt_flag();
    raise(SIGINT);
    Corpus c;
    DatasetReport report;
    CHECK(!dataset_open(&c, set, path, &music, &report, NULL));
    CHECK(!g_file_test(path, G_FILE_TEST_EXISTS));
    CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
    dataset_report_clear(&report);
}

int main(void) {
    music = encoding_of_music(TOKENIZER_PERFORMANCE);
    pedal = encoding_of_music(TOKENIZER_PEDAL);
    root = g_dir_make_tmp("dataset-XXXXXX", NULL);
    g_autofree char *home = g_build_filename(root, "home", NULL);
    g_setenv("XDG_CACHE_HOME", home, TRUE);
    RUN(a_csv_has_rows_and_fields);
    RUN(a_csv_may_end_lines_as_windows_does_and_begin_with_a_byte_order_mark);
    RUN(a_csv_field_in_quotes_may_hold_commas_quotes_and_lines);
    RUN(a_quote_that_is_never_closed_runs_to_the_end);
    RUN(semicolons_and_tabs_separate_where_the_first_row_has_most_of_them);
    RUN(a_line_that_names_the_separator_is_obeyed);
    RUN(a_csv_is_understood_as_spreadsheets_write_it);
    RUN(a_csv_that_has_composer_and_title_names_the_pieces);
    RUN(what_decided_the_split_is_said_and_what_a_csv_lacks);
    RUN(a_csv_gives_the_files_and_their_splits);
    RUN(every_csv_with_the_columns_counts_and_file_does_for_midi_filename);
    RUN(a_path_out_of_the_folder_is_refused);
    RUN(what_is_missing_or_in_two_splits_is_left_out);
    RUN(without_a_csv_every_midi_file_below_is_taken_in_bytewise_order);
    RUN(names_that_begin_with_a_dot_are_left_alone_and_linked_files_taken);
    RUN(a_linked_folder_is_entered_wherever_it_leads);
    RUN(no_folder_is_listed_twice_whatever_links_lead_round);
    RUN(a_hash_of_the_name_holds_out_1_in_20_each);
    RUN(a_small_folder_has_something_to_train_on_and_from_two_files_on_to_validate_on);
    RUN(a_folder_without_midi_or_that_is_none_is_said);
    RUN(a_corpus_has_the_tokens_of_its_files_in_order);
    RUN(a_damaged_file_and_one_without_notes_are_left_out_with_a_reason);
    RUN(the_cache_is_used_until_a_file_a_split_or_the_tokenizer_changes);
    RUN(a_damaged_cache_is_built_again);
    RUN(a_corpus_takes_the_place_of_a_corpus_or_of_nothing_only);
    RUN(a_corpus_is_kept_in_the_users_cache_folder_unless_told);
    RUN(a_folder_of_which_nothing_can_be_used_is_an_error);
    // The last one, since the interrupt stays set.
    RUN(stopping_while_the_corpus_is_built_leaves_no_file);
    remove_all(root);
    g_free(root);
    g_free(set);
    return test_end();
}
