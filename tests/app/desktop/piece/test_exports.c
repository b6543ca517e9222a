// Exports, begun and followed as the window does it: exports that a full disk stops,
// and a comparison of the bars in both kinds of export.
#include "app/desktop/piece/exports.h"
#include "audio/soundfont.h"
#include "midi/bars.h"
#include "midi/smf/smf_read.h"
#include "tests/full_disk.h"
#include "tests/test.h"

#include <signal.h>
#include <sndfile.h>
#include <unistd.h>

#define MOST 4000 // the most bytes that a file may have

static char *soundfont, *folder;
static Document document;

// Makes so many notes that their MIDI and sound files are longer than MOST.
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
    if (!exports_begin_sound(e, file, &document, &reads, 0, error)) return false;
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

// Exports over an existing file, which stays, and then again when the disk has room.
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

enum { BARS = 8, BAR = 3 * 480 };

// A short stroke on each bar line, in bars of three crotchets, from the fifth faster.
static void begin_bars(void) {
    Performance p = {.tempo = tempo_map_new(480)};
    tempo_map_add_tempo(p.tempo, 0, 666667);
    tempo_map_add_tempo(p.tempo, 4 * BAR, 412345);
    tempo_map_add_metre(p.tempo, (Metre){0, 3, 2, 24, 8});
    for (int bar = 0; bar < BARS; bar++) {
        int64_t time = tempo_map_time(p.tempo, bar * BAR);
        performance_add_note(&p, (Note){time, time + 100000, 96, 120});
    }
    performance_finish(&p);
    CHECK(document_begin(&document, ORIGIN_OPENED, "a.mid", &p, NULL));
    performance_clear(&p);
}

// All samples of a file, to be freed with g_free.
static float *read_sound(const char *file, SF_INFO *ret) {
    *ret = (SF_INFO){0};
    SNDFILE *in = sf_open(file, SFM_READ, ret);
    CHECK(in && ret->channels == 2);
    float *samples = g_new0(float, 2 * (size_t)ret->frames + 1);
    CHECK(sf_readf_float(in, samples, ret->frames) == ret->frames);
    sf_close(in);
    return samples;
}

// The first frame from this one on that is heard.
static int64_t next_sound(const float *samples, const SF_INFO *info, int64_t frame) {
    while (frame < info->frames && fabsf(samples[2 * frame]) < 0.003f) frame++;
    return frame;
}

TEST(the_strokes_of_a_flac_file_are_on_the_bar_lines_of_the_midi_file) {
    Exports e;
    Performance p = {0};
    SF_INFO info;
    g_autofree char *midi = g_build_filename(folder, "a.mid", NULL);
    g_autofree char *flac = g_build_filename(folder, "a.flac", NULL);
    begin_bars();
    exports_open(&e);
    CHECK(export_midi(&e, midi, NULL) && export_sound(&e, flac, NULL));
    CHECK(smf_read(midi, &p, NULL, NULL) && bars_exist(p.tempo));
    g_autofree float *samples = read_sound(flac, &info);
    int64_t line = 0;
    for (int bar = 0; bar < BARS; bar++) {
        double due = (double)line * 1e-6 * info.samplerate;
        int64_t before = MAX(0, (int64_t)due - info.samplerate / 10);
        double off = (double)next_sound(samples, &info, before) - due;
        if (off < -64 || off > 0.005 * info.samplerate)
            fprintf(stderr, "bar %d: off by %.0f frames\n", bar + 1, off);
        CHECK(off >= -64 && off <= 0.005 * info.samplerate);
        line = bars_at(p.tempo, line).to;
    }
    performance_clear(&p);
    document_clear(&document);
    exports_close(&e);
    unlink(midi);
    unlink(flac);
}

int main(void) {
    signal(SIGXFSZ, SIG_IGN);
    soundfont = soundfont_find(NULL, NULL);
    folder = g_dir_make_tmp("par-exports-XXXXXX", NULL);
    RUN(a_full_disk_is_a_sentence_and_leaves_no_half_of_a_file);
    if (soundfont)
        RUN(the_strokes_of_a_flac_file_are_on_the_bar_lines_of_the_midi_file);
    rmdir(folder);
    g_free(folder);
    g_free(soundfont);
    return test_end();
}
