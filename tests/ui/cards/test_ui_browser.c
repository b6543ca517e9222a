#include "tests/test.h"
#include "tests/ui/ui_harness.h"

#include <glib/gstdio.h>

static UiHarness harness;

static void open_list(const char *folder) {
    harness_open(&harness, 1280, 800, 1);
    harness.view.files.folder = folder;
    harness_frame(&harness);
    harness_key(&harness, "Ctrl+O");
    harness_forget(&harness);
}

static char *make_folder(void) {
    char *folder = g_dir_make_tmp("par-midi-XXXXXX", NULL);
    static const char *const files[] = {
        "Etude.MID",        "nocturne.midi",   "notes.txt",  "Sch\xc3\xb6n.mid",
        "bad\xff name.mid", "line\nbreak.mid", ".hidden.mid"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i], NULL);
        g_file_set_contents(path, "x", 1, NULL);
    }
    g_autofree char *inner = g_build_filename(folder, "inner", NULL);
    g_mkdir(inner, 0700);
    return folder;
}

static void remove_folder(const char *folder) {
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_remove(path);
    }
    g_dir_close(dir);
    g_remove(folder);
}

TEST(the_list_of_files_filters_as_one_types_and_opens_the_first) {
    g_autofree char *folder = make_folder();
    open_list(folder);
    CHECK(harness.wish.text);
    CHECK(harness_shows(&harness, "Etude.MID") && harness_shows(&harness, "inner"));
    CHECK(!harness_shows(&harness, "notes.txt") && !harness_shows(&harness, "hidden"));
    CHECK(harness_shows(&harness, "line break.mid"));
    harness_type(&harness, "SCHÖ");
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "Schön.mid") &&
          !harness_shows(&harness, "Etude.MID"));
    harness_key(&harness, "Enter");
    Command c = harness_command(&harness);
    g_autofree char *path = g_build_filename(folder, "Schön.mid", NULL);
    CHECK(c.id == COMMAND_OPEN_FILE && strcmp(c.text, path) == 0);
    if (c.id) command_clear(&c);
    CHECK(!harness.wish.text);
    harness_close(&harness);
    remove_folder(folder);
}

TEST(folders_are_entered_and_left_by_key) {
    g_autofree char *folder = make_folder();
    open_list(folder);
    harness_key(&harness, "Enter"); // the folder is first in the list
    CHECK(harness_shows(&harness, "No folders and no MIDI files here."));
    harness_key(&harness, "Backspace");
    CHECK(harness_shows(&harness, "Etude.MID"));
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness_close(&harness);
    remove_folder(folder);
}

TEST(a_file_name_that_is_no_text_opens_the_very_file) {
    g_autofree char *folder = make_folder();
    open_list(folder);
    harness_type(&harness, "bad");
    harness_key(&harness, "Enter");
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_OPEN_FILE && g_str_has_suffix(c.text, "bad\xff name.mid"));
    if (c.id) command_clear(&c);
    harness_close(&harness);
    remove_folder(folder);
}

TEST(a_folder_that_cannot_be_read_says_why) {
    open_list("/nowhere/at/all");
    CHECK(harness_shows(&harness, "/nowhere/at/all"));
    CHECK(harness_shows(&harness, "No such file or directory") ||
          harness_shows(&harness, "directory"));
    harness_close(&harness);
}

int main(void) {
    RUN(the_list_of_files_filters_as_one_types_and_opens_the_first);
    RUN(folders_are_entered_and_left_by_key);
    RUN(a_file_name_that_is_no_text_opens_the_very_file);
    RUN(a_folder_that_cannot_be_read_says_why);
    return test_end();
}
