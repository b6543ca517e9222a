#include "test.h"
#include "ui_stage.h"

#include <glib/gstdio.h>

static Stage stage;

static void open_list(const char *folder) {
    stage_open(&stage, 1280, 800, 1);
    stage.view.folder = folder;
    stage_frame(&stage);
    stage_key(&stage, "Ctrl+O");
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
    CHECK(stage.wish.text);
    CHECK(stage_shows(&stage, "Etude.MID") && stage_shows(&stage, "inner"));
    CHECK(!stage_shows(&stage, "notes.txt") && !stage_shows(&stage, "hidden"));
    CHECK(stage_shows(&stage, "line break.mid"));
    stage_type(&stage, "SCHÖ");
    stage_frame(&stage);
    CHECK(stage_shows(&stage, "Schön.mid") && !stage_shows(&stage, "Etude.MID"));
    stage_key(&stage, "Enter");
    Command c = stage_command(&stage);
    g_autofree char *path = g_build_filename(folder, "Schön.mid", NULL);
    CHECK(c.id == COMMAND_OPEN_FILE && strcmp(c.text, path) == 0);
    if (c.id) command_clear(&c);
    CHECK(!stage.wish.text);
    stage_close(&stage);
    remove_folder(folder);
}

TEST(folders_are_entered_and_left_by_key) {
    g_autofree char *folder = make_folder();
    open_list(folder);
    stage_key(&stage, "Enter"); // the folder comes first
    CHECK(stage_shows(&stage, "No folders and no MIDI files here."));
    stage_key(&stage, "Backspace");
    CHECK(stage_shows(&stage, "Etude.MID"));
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    stage_close(&stage);
    remove_folder(folder);
}

TEST(a_file_name_that_is_no_text_opens_the_very_file) {
    g_autofree char *folder = make_folder();
    open_list(folder);
    stage_type(&stage, "bad");
    stage_key(&stage, "Enter");
    Command c = stage_command(&stage);
    CHECK(c.id == COMMAND_OPEN_FILE && g_str_has_suffix(c.text, "bad\xff name.mid"));
    if (c.id) command_clear(&c);
    stage_close(&stage);
    remove_folder(folder);
}

TEST(a_folder_that_cannot_be_read_says_why) {
    open_list("/nowhere/at/all");
    CHECK(stage_shows(&stage, "/nowhere/at/all"));
    CHECK(stage_shows(&stage, "No such file or directory") ||
          stage_shows(&stage, "directory"));
    stage_close(&stage);
}

int main(void) {
    RUN(the_list_of_files_filters_as_one_types_and_opens_the_first);
    RUN(folders_are_entered_and_left_by_key);
    RUN(a_file_name_that_is_no_text_opens_the_very_file);
    RUN(a_folder_that_cannot_be_read_says_why);
    return test_end();
}
