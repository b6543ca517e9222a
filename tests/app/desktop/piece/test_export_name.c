#include "app/desktop/piece/export_name.h"
#include "tests/test.h"

#include <glib/gstdio.h>

static char *folder;

static void put(const char *name) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    CHECK(g_file_set_contents(path, "", 0, NULL));
}

static bool is_named(ExportName *n, const char *stem, const char *want) {
    g_autofree char *path = g_build_filename(folder, want, NULL);
    return strcmp(export_name(n, stem), path) == 0;
}

static bool comes_to(ExportName *n, const char *stem, const char *want) {
    for (int i = 0; i < 1000 && !is_named(n, stem, want); i++) g_usleep(10000);
    return is_named(n, stem, want);
}

TEST(an_export_has_a_number_that_no_midi_or_wav_file_there_has) {
    put("a.mid"), put("a 2.wav"), put("a 4.mid"), put("b.txt");
    ExportName *n = export_name_new();
    export_name_set_folder(n, folder);
    CHECK(comes_to(n, "a", "a 3"));
    CHECK(is_named(n, "b", "b") && is_named(n, "a", "a 3"));
    g_autofree char *written = g_build_filename(folder, "a 3.mid", NULL);
    export_name_add(n, written);
    CHECK(is_named(n, "a", "a 5"));
    export_name_add(n, "/elsewhere/b.mid");
    CHECK(is_named(n, "b", "b"));
    export_name_free(n);
}

TEST(the_folder_is_read_once_and_again_when_it_is_named_again) {
    ExportName *n = export_name_new();
    export_name_set_folder(n, folder);
    CHECK(comes_to(n, "a", "a 3"));
    put("c.mid");
    for (int i = 0; i < 20; i++) {
        CHECK(is_named(n, "c", "c"));
        g_usleep(1000);
    }
    export_name_set_folder(n, folder);
    CHECK(comes_to(n, "c", "c 2"));
    export_name_free(n);
}

TEST(nobody_waits_for_a_folder_that_is_not_read_or_not_there) {
    ExportName *n = export_name_new();
    for (int i = 0; i < 100; i++) { // nothing waits for these threads
        export_name_set_folder(n, folder);
        CHECK(strstr(export_name(n, "a"), "/a"));
    }
    export_name_set_folder(n, "/nowhere");
    CHECK(strcmp(export_name(n, "a"), "/nowhere/a") == 0);
    export_name_free(n);
    export_name_free(NULL);
}

int main(void) {
    folder = g_dir_make_tmp("par-export-XXXXXX", NULL);
    RUN(an_export_has_a_number_that_no_midi_or_wav_file_there_has);
    RUN(the_folder_is_read_once_and_again_when_it_is_named_again);
    RUN(nobody_waits_for_a_folder_that_is_not_read_or_not_there);
    static const char *const names[] = {"a.mid", "a 2.wav", "a 4.mid", "b.txt",
                                        "c.mid"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
    return test_end();
}
