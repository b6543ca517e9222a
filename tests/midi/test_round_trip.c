// Reads files and writes them again: those of tests/golden/field, and the first 50
// found in each of the folders that PAR_ROUND_TRIP names ("/a:/b"), by default in
// ../data.
#include "midi/file_name.h"
#include "midi/smf/smf_read.h"
#include "midi/smf/smf_write.h"
#include "tests/sound.h"
#include "tests/tempo_maps.h"
#include "tests/test.h"

enum { MOST_FILES = 50 };

static GPtrArray *files;

static Performance read_file(guint i) {
    Performance p = {0};
    CHECK(smf_read(g_ptr_array_index(files, i), &p, NULL, NULL));
    return p;
}

// Marks all notes as given, or every other note as written by the model.
static Performance write_and_read(const Performance *p, bool in_parts) {
    Performance again = {0};
    g_autofree uint8_t *parts = g_new0(uint8_t, p->note_count + 1);
    for (size_t i = 0; i < p->note_count; i++) parts[i] = i % 2;
    GBytes *bytes = smf_write_parts(p, in_parts ? parts : NULL, NULL, NULL);
    gsize size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    CHECK(smf_parse(data, size, "export", &again, NULL, NULL));
    g_bytes_unref(bytes);
    return again;
}

TEST(every_note_and_pedal_comes_back_to_the_microsecond) {
    for (guint i = 0; i < files->len; i++) {
        Performance p = read_file(i);
        Performance whole = write_and_read(&p, false), parts = write_and_read(&p, true);
        bool equal = performance_equal(&p, &whole) && performance_equal(&p, &parts);
        if (!equal) fprintf(stderr, "%s\n", (char *)g_ptr_array_index(files, i));
        CHECK(equal);
        performance_clear(&parts);
        performance_clear(&whole);
        performance_clear(&p);
    }
}

TEST(every_tempo_bar_key_and_name_comes_back_on_its_tick) {
    for (guint i = 0; i < files->len; i++) {
        Performance p = read_file(i);
        Performance again = write_and_read(&p, false);
        if (!p.tempo->names && p.note_count) tempo_map_add_name(p.tempo, "Piano", 5);
        bool equal = equal_tempo_maps(p.tempo, again.tempo);
        if (!equal) fprintf(stderr, "%s\n", (char *)g_ptr_array_index(files, i));
        CHECK(equal);
        performance_clear(&again);
        performance_clear(&p);
    }
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find(const char *folder, guint most) {
    GDir *dir = g_dir_open(folder, 0, NULL);
    if (!dir) return;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir));)
        g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len && files->len < most; i++) {
        const char *path = g_ptr_array_index(names, i);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            find(path, most);
        else if (file_name_is_midi(path))
            g_ptr_array_add(files, g_strdup(path));
    }
    g_ptr_array_unref(names);
    g_dir_close(dir);
}

static void run_rules(void) {
    fprintf(stderr, "%u files\n", files->len);
    RUN(every_note_and_pedal_comes_back_to_the_microsecond);
    RUN(every_tempo_bar_key_and_name_comes_back_on_its_tick);
    g_ptr_array_set_size(files, 0);
}

int main(void) {
    files = g_ptr_array_new_with_free_func(g_free);
    find(PAR_SOURCE_ROOT "/tests/golden/field", G_MAXUINT);
    CHECK(files->len > 0);
    run_rules();
    const char *given = g_getenv("PAR_ROUND_TRIP");
    g_auto(GStrv)
        folders = g_strsplit(given ? given : PAR_SOURCE_ROOT "/../data", ":", -1);
    for (char **folder = folders; *folder; folder++) {
        find(*folder, MOST_FILES);
        if (files->len > 0)
            run_rules();
        else
            SKIP("no performances in that folder");
    }
    g_ptr_array_unref(files);
    return test_end();
}
