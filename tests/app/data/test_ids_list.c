#include "app/data/dataset.h"
#include "app/data/ids_list.h"
#include "tests/test.h"
#include "tests/toy_corpus.h"

static char *root;

static char *in_root(const char *name) { return g_build_filename(root, name, NULL); }

static void put(const char *name, const char *text) {
    g_autofree char *path = in_root(name), *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0777);
    CHECK(g_file_set_contents(path, text, -1, NULL));
}

static void begin(void) {
    toy_remove(root);
    g_mkdir(root, 0777);
}

// Returns the list for paths below the root, which are separated by spaces, as "NAME
// split, ...", then what decided the split, then a line for each reason; or the error's
// sentence.
static char *listed(const char *paths, const char *validation) {
    g_auto(GStrv) a = g_strsplit(paths, " ", -1), v = g_strsplit(validation, " ", -1);
    char **all[] = {a, v};
    for (int i = 0; i < 2; i++)
        for (char **p = all[i]; *p; p++) {
            char *full = in_root(*p);
            g_free(*p);
            *p = full;
        }
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    DatasetBasis basis;
    g_autoptr(GPtrArray) files = ids_list(a, *v ? v : NULL, reasons, &basis, &error);
    GString *s = g_string_new(NULL);
    for (guint i = 0; files && i < files->len; i++) {
        const DatasetFile *f = files->pdata[i];
        g_string_append_printf(s, "%s %s, ", f->name, split_names[f->split]);
    }
    g_string_append(s, files ? basis.split : error->message);
    for (guint i = 0; files && i < reasons->len; i++)
        g_string_append_printf(s, "\n%s", (char *)reasons->pdata[i]);
    dataset_basis_clear(&basis);
    g_autofree char *prefix = g_strconcat(root, "/", NULL);
    g_string_replace(s, prefix, "", 0);
    return g_string_free(s, FALSE);
}

static bool lists(const char *paths, const char *validation, const char *want) {
    g_autofree char *got = listed(paths, validation);
    if (strcmp(got, want) == 0) return true;
    fprintf(stderr, "%s\n", got);
    return false;
}

TEST(any_name_is_taken_but_those_that_begin_with_a_dot) {
    begin();
    put("set/a", "x");
    put("set/below/b.c", "x");
    put("set/.hidden", "x");
    put("set/s.csv", "split,file\ntrain,a\nvalidation,below/b.c\n");
    CHECK(lists("set", "", "a train, below/b.c validation, by s.csv"));
}

TEST(named_files_are_validated_on_and_all_others_trained_on) {
    begin();
    put("set/a", "x");
    put("set/b", "x");
    put("set/s.csv", "split,file\nvalidation,a\ntest,b\n");
    put("c", "x");
    put("d", "x");
    CHECK(lists("set c", "d set/b",
                "a train, b validation, c train, d validation, by --validation"));
}

TEST(a_file_that_is_named_twice_is_listed_once) {
    begin();
    put("set/a", "x");
    put("set/b", "x");
    g_autofree char *got = listed("set set/a set/../set/b set", "");
    CHECK(g_str_has_prefix(got, "a ") && strstr(got, ", b ") && strstr(got, ", by a "));
    CHECK(!strstr(strstr(got, ", b ") + 4, "a train"));
    CHECK(!strstr(strstr(got, ", b ") + 4, "b "));
}

TEST(many_named_files_have_something_to_validate_on) {
    begin();
    put("a", "x");
    put("b", "x");
    put("c", "x");
    put("d", "x");
    g_autofree char *got = listed("a b c d", "");
    CHECK(strstr(got, " train,") && strstr(got, " validation,"));
    CHECK(lists("a", "", "a train, by a hash of the names"));
}

TEST(a_path_that_is_none_is_said) {
    begin();
    put("a", "x");
    CHECK(lists("a none", "", "none: No such file or directory"));
    CHECK(lists("a", "none", "none: No such file or directory"));
    g_autofree char *folder = in_root("empty");
    g_mkdir(folder, 0777);
    CHECK(lists("empty", "", "empty: holds no files"));
}

TEST(files_of_ids_and_of_bytes_are_not_listed_together) {
    begin();
    put("a.ids", "xx");
    put("b.txt", "x");
    CHECK(
        lists("a.ids b.txt", "",
              "a.ids and b.txt: one is a file of ids and one of bytes, and a model is "
              "of either"));
}

TEST(images_have_the_size_of_the_first) {
    begin();
    put("set/a.ppm", "P6\n1 1\n255\nabc");
    put("set/b.ppm", "P6\n1 2\n255\nabcdef");
    put("set/c.ppm", "P6 1 1 255 abc");
    put("set/d.ppm", "no image");
    put("set/s.csv",
        "split,file\ntrain,a.ppm\ntrain,b.ppm\ntrain,c.ppm\ntrain,d.ppm\n");
    CHECK(lists("set", "",
                "a.ppm train, c.ppm train, d.ppm train, by s.csv\n"
                "set/b.ppm: is an image of 1 x 2, but set/a.ppm one of 1 x 1"));
}

// Returns the number of tokens in the corpus of a file, 0 without a corpus.
static int tokens_of(const char *name, const Encoding *e) {
    g_autofree char *path = in_root(name), *cache = in_root("cache.tokens");
    char *const paths[] = {path, NULL};
    DatasetReport report;
    Corpus c = {0};
    g_autoptr(GError) error = NULL;
    int tokens = dataset_open_ids(&c, paths, NULL, cache, e, &report, &error)
                     ? c.pieces[0].count
                     : 0;
    CHECK(tokens == 0 || c.vocabulary == e->vocabulary);
    if (error) fprintf(stderr, "# %s\n", error->message);
    corpus_close(&c);
    dataset_report_clear(&report);
    return tokens;
}

TEST(a_corpus_has_the_ids_and_two_ends) {
    begin();
    Encoding bytes = encoding_of_bytes(), few = encoding_of_ids(10),
             many = encoding_of_ids(30000);
    put("a.txt", "four");
    put("b.ids", "\3\1\2\1");
    CHECK(tokens_of("a.txt", &bytes) == 6);
    CHECK(tokens_of("b.ids", &many) == 4);
    CHECK(tokens_of("b.ids", &few) == 0); // and no corpus of the larger vocabulary
    CHECK(tokens_of("a.txt", &many) == 0 && tokens_of("b.ids", &bytes) == 0);
}

TEST(a_model_says_what_it_is_of_by_name_and_vocabulary) {
    Encoding e;
    CHECK(encoding_from_name("bytes", 257, &e) && e.ids && e.vocabulary == 257);
    CHECK(!encoding_from_name("bytes", 256, &e));
    CHECK(encoding_from_name("ids", 12, &e) && e.ids && e.vocabulary == 12);
    CHECK(encoding_from_name("performance", VOCABULARY_PERFORMANCE, &e) && !e.ids);
    CHECK(!encoding_from_name("performance", 257, &e));
    CHECK(!encoding_from_name("copy", 258, &e));
}

int main(void) {
    root = toy_folder();
    RUN(any_name_is_taken_but_those_that_begin_with_a_dot);
    RUN(named_files_are_validated_on_and_all_others_trained_on);
    RUN(a_file_that_is_named_twice_is_listed_once);
    RUN(many_named_files_have_something_to_validate_on);
    RUN(a_path_that_is_none_is_said);
    RUN(files_of_ids_and_of_bytes_are_not_listed_together);
    RUN(images_have_the_size_of_the_first);
    RUN(a_corpus_has_the_ids_and_two_ends);
    RUN(a_model_says_what_it_is_of_by_name_and_vocabulary);
    toy_remove(root);
    g_free(root);
    return test_end();
}
