// Exports that a full disk stops, as the window begins and follows them.
#include "app/desktop/piece/exports.h"
#include "audio/soundfont.h"
#include "tests/full_disk.h"
#include "tests/test.h"

#include <signal.h>
#include <unistd.h>

#define MOST 4000 // bytes that a file may have

static char *soundfont, *folder;
static Document document;

// A run of notes, whose MIDI and sound files are longer than MOST.
static void begin_document(void) {
    Performance p = {0};
    for (int i = 0; i < 1000; i++)
        performance_add_note(
            &p, (Note){i * 5000, i * 5000 + 40000, (uint8_t)(40 + i % 40), 80});
    performance_finish(&p);
    CHECK(document_begin(&document, ORIGIN_OPENED, "a.mid", &p, NULL));
    performance_clear(&p);
}

static bool export_sound(Exports *e, const char *file, GError **error) {
    ExportReads reads = {.soundfont = soundfont};
    ExportEnd end;
    if (!exports_begin_sound(e, file, &document, &reads, 0.3f, error)) return false;
    while (!exports_end(e, &end)) g_usleep(1000);
    CHECK(!exports_write_sound(e) && strcmp(end.file, file) == 0);
    g_free(end.file);
    if (end.error) g_propagate_error(error, end.error);
    return end.written;
}

static bool export_midi(Exports *e, const char *file, GError **error) {
    DocumentPath path;
    document_path(&path, &document, 0);
    bool ok = exports_write_midi(e, file, &document, &path, &(ExportReads){0}, error);
    document_path_clear(&path);
    return ok;
}

static bool holds(const char *file, const char *text) {
    g_autofree char *bytes = NULL;
    return g_file_get_contents(file, &bytes, NULL, NULL) && strcmp(bytes, text) == 0;
}

// Over what was there before, which stays, then on a disk that has room again.
static void check_full(const char *name, const char *why) {
    Exports e;
    bool midi = g_str_has_suffix(name, ".mid");
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_autofree char *part = g_strconcat(file, ".tmp", NULL);
    g_autoptr(GError) error = NULL;
    exports_open(&e);
    CHECK(g_file_set_contents(file, "before", -1, NULL));
    limit_files(MOST);
    CHECK(!(midi ? export_midi : export_sound)(&e, file, &error));
    limit_files(RLIM_INFINITY);
    CHECK(error && g_str_has_suffix(error->message, why));
    CHECK(holds(file, "before") && !g_file_test(part, G_FILE_TEST_EXISTS));
    CHECK((midi ? export_midi : export_sound)(&e, file, NULL) &&
          !holds(file, "before"));
    exports_close(&e);
    unlink(file);
}

TEST(a_full_disk_is_a_sentence_and_leaves_no_half_of_a_file) {
    begin_document();
    check_full("a.mid", "the MIDI file could not be made: File too large");
    if (soundfont) {
        check_full("a.wav", "/a.wav: could not be written: File too large");
        check_full("a.ogg", "/a.ogg: could not be written: File too large");
    }
    document_clear(&document);
}

int main(void) {
    signal(SIGXFSZ, SIG_IGN);
    soundfont = soundfont_find(NULL, NULL);
    folder = g_dir_make_tmp("par-exports-XXXXXX", NULL);
    RUN(a_full_disk_is_a_sentence_and_leaves_no_half_of_a_file);
    rmdir(folder);
    g_free(folder);
    g_free(soundfont);
    return test_end();
}
