// The SoundFont's file, the piano's sound, and the calls of the audio thread, which
// must neither allocate nor lock.
#include "audio/devices/loader.h"
#include "audio/soundfont.h"
#include "audio/synth.h"
#include "tests/test.h"

#include <fluidsynth.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define RATE 44100

static bool armed;
static long heap_calls, lock_calls;

#include "tests/count_calls.h"

// At one of FluidSynth's reads of the soundfont that loads its file is removed, cut to
// no bytes, or cannot be read.
typedef enum Harm { REMOVED, CUT, UNREAD } Harm;
static const char *victim; // NULL: none
static Harm harm;
static long reads, harmed_read;

#if HEAP_IS_OURS
size_t fread(void *to, size_t size, size_t count, FILE *file) {
    static size_t (*next)(void *, size_t, size_t, FILE *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, "fread");
    if (++reads == harmed_read && victim) {
        if (harm == UNREAD) return 0;
        CHECK((harm == CUT ? truncate(victim, 0) : unlink(victim)) == 0);
    }
    return next(to, size, count, file);
}
#endif

static char *soundfont; // NULL: there is none here
static char *folder;

static Synth *open_synth_of(const char *path) {
    Synth *s = NULL;
    CHECK(synth_open(&s, path, RATE, NULL));
    return s;
}

static Synth *open_synth(void) { return open_synth_of(soundfont); }

// Returns the loudest sample of so many frames.
static float peak(Synth *s, int frames) {
    float left[SYNTH_BLOCK], right[SYNTH_BLOCK], top = 0;
    for (int done = 0; done < frames; done += SYNTH_BLOCK) {
        synth_render(s, left, right, SYNTH_BLOCK);
        for (int i = 0; i < SYNTH_BLOCK; i++)
            top = fmaxf(top, fmaxf(fabsf(left[i]), fabsf(right[i])));
    }
    return top;
}

TEST(a_key_sounds_until_it_is_let_go) {
    Synth *s = open_synth();
    CHECK(peak(s, 1000) == 0 && synth_voices(s) == 0);
    synth_note_on(s, 60, 100);
    CHECK(peak(s, RATE / 2) > 0.01f && synth_voices(s) > 0);
    synth_note_off(s, 60);
    peak(s, 3 * RATE);
    CHECK(peak(s, 1000) == 0 && synth_voices(s) == 0);
    synth_close(s);
}

TEST(the_pedal_holds_what_is_let_go) {
    Synth *s = open_synth();
    synth_pedal(s, PEDAL_DAMPER, 127);
    synth_note_on(s, 48, 100);
    peak(s, RATE / 2);
    synth_note_off(s, 48);
    peak(s, RATE);
    CHECK(peak(s, 1000) > 0.001f);
    synth_pedal(s, PEDAL_DAMPER, 0);
    peak(s, 3 * RATE);
    CHECK(synth_voices(s) == 0);
    synth_close(s);
}

TEST(the_sostenuto_pedal_holds_only_what_was_down) {
    Synth *s = open_synth();
    synth_note_on(s, 48, 100);
    peak(s, RATE / 10);
    synth_pedal(s, PEDAL_SOSTENUTO, 127);
    synth_note_on(s, 60, 100);
    peak(s, RATE / 10);
    synth_note_off(s, 60);
    synth_note_off(s, 48);
    int both = synth_voices(s);
    peak(s, 2 * RATE);
    CHECK(synth_voices(s) > 0 && synth_voices(s) < both);
    synth_pedal(s, PEDAL_SOSTENUTO, 0);
    peak(s, 3 * RATE);
    CHECK(synth_voices(s) == 0);
    synth_close(s);
}

TEST(a_stroke_under_the_soft_pedal_is_softer) {
    float loud[3];
    Synth *s = open_synth();
    for (int i = 0; i < 3; i++) {
        synth_pedal(s, PEDAL_SOFT, i == 1 ? 127 : 0);
        synth_note_on(s, 64, 80);
        loud[i] = peak(s, RATE / 2);
        if (i == 1)
            synth_all_off(s); // which lifts the pedal
        else
            synth_note_off(s, 64);
        peak(s, 3 * RATE);
    }
    CHECK(loud[1] < 0.85f * loud[0] && loud[1] > 0.5f * loud[0]);
    CHECK(loud[2] > 0.95f * loud[0]);
    synth_close(s);
}

TEST(a_harder_stroke_is_louder) {
    float loud[3];
    const int velocity[3] = {20, 64, 127};
    Synth *s = open_synth();
    for (int i = 0; i < 3; i++) {
        synth_note_on(s, 64, velocity[i]);
        loud[i] = peak(s, RATE / 2);
        synth_all_off(s);
        peak(s, RATE);
    }
    CHECK(loud[0] < loud[1] && loud[1] < loud[2]);
    synth_close(s);
}

TEST(all_off_is_silence_at_once) {
    Synth *s = open_synth();
    synth_pedal(s, PEDAL_DAMPER, 127);
    for (int pitch = 30; pitch < 90; pitch++) synth_note_on(s, pitch, 110);
    CHECK(peak(s, RATE / 10) > 0.1f);
    synth_all_off(s);
    CHECK(peak(s, RATE) == 0 && synth_voices(s) == 0);
    synth_close(s);
}

// Returns the level half a second after a chord was released.
static float ring(float reverb) {
    Synth *s = open_synth();
    synth_set_reverb(s, reverb);
    for (int pitch = 60; pitch < 72; pitch += 4) synth_note_on(s, pitch, 100);
    peak(s, RATE / 10);
    for (int pitch = 60; pitch < 72; pitch += 4) synth_note_off(s, pitch);
    peak(s, RATE / 2);
    float loud = peak(s, SYNTH_BLOCK);
    CHECK(!synth_is_silent(s));
    peak(s, 4 * RATE);
    CHECK(synth_is_silent(s) && peak(s, SYNTH_BLOCK) < 1e-4f);
    synth_close(s);
    return loud;
}

TEST(a_room_rings_on_in_proportion_and_dies_away) {
    float none = ring(0), some = ring(0.3f), all = ring(1);
    fprintf(stderr, "after half a second: dry %g, usual %g, most %g\n", (double)none,
            (double)some, (double)all);
    CHECK(some > 4 * none && all > 2.5f * some);
}

TEST(all_off_silences_the_room_and_it_comes_back) {
    Synth *s = open_synth();
    synth_set_reverb(s, 1);
    for (int pitch = 30; pitch < 90; pitch++) synth_note_on(s, pitch, 110);
    CHECK(peak(s, RATE / 2) > 0.1f);
    synth_all_off(s);
    CHECK(peak(s, 4 * RATE) < 1e-4f && synth_is_silent(s));
    synth_note_on(s, 60, 100);
    peak(s, RATE / 10);
    synth_note_off(s, 60);
    peak(s, RATE);
    CHECK(peak(s, SYNTH_BLOCK) > 1e-4f);
    synth_close(s);
}

TEST(every_key_of_the_piano_sounds) {
    Synth *s = open_synth();
    for (int pitch = 21; pitch <= 108; pitch++) {
        synth_note_on(s, pitch, 90);
        CHECK(peak(s, RATE / 20) > 0.001f);
        synth_all_off(s);
        peak(s, SYNTH_BLOCK);
    }
    synth_close(s);
}

TEST(a_rate_out_of_range_is_refused) {
    for (int i = 0; i < 2; i++) {
        Synth *s = NULL;
        g_autoptr(GError) error = NULL;
        CHECK(!synth_open(&s, soundfont, i ? 96001 : 7999, &error) && !s);
        CHECK(error && strstr(error->message, "8000 to 96000"));
    }
}

// ---- the audio thread

// Three keys or pedal movements in each callback of 256 frames, far more than in real
// music. The pedal is mostly down, so that all voices are used.
static int play(Synth *s) {
    static float left[256], right[256];
    uint32_t r = 1;
    int most = 0;
    heap_calls = lock_calls = 0;
    for (int callback = 0; callback < RATE * 10 / 256; callback++) {
        armed = true;
        for (int i = 0; i < 3; i++) {
            r = r * 1664525u + 1013904223u;
            int pitch = 21 + (int)(r >> 16) % 88;
            if (r >> 28 == 0)
                synth_pedal(s, PEDAL_DAMPER, r >> 24 & 1 ? 127 : 0);
            else if (r >> 31)
                synth_note_on(s, pitch, 1 + (int)(r >> 8) % 127);
            else
                synth_note_off(s, pitch);
        }
        synth_render(s, left, right, 256);
        int voices = synth_voices(s);
        armed = false;
        if (voices > most) most = voices;
    }
    armed = true;
    synth_all_off(s);
    armed = false;
    return most;
}

TEST(playing_neither_allocates_nor_locks) {
    Synth *s = open_synth();
    synth_set_reverb(s, 0.3f);
    int most = play(s);
    fprintf(stderr, "%d voices at most, %ld heap calls, %ld locks\n", most, heap_calls,
            lock_calls);
    CHECK(most > 100);
    CHECK(heap_calls == 0);
    CHECK(lock_calls == 0);
    synth_close(s);
}

TEST(what_a_library_allocates_or_locks_is_seen) {
    fluid_settings_t *settings = new_fluid_settings();
    fluid_synth_t *synth = new_fluid_synth(settings);
    static float out[512];
    CHECK(fluid_synth_sfload(synth, soundfont, 1) != FLUID_FAILED);
    heap_calls = lock_calls = 0;
    armed = true;
    fluid_synth_noteon(synth, 0, 60, 100);
    g_free(g_malloc(1)); // whether the effects allocate depends on FluidSynth's build
    fluid_synth_write_float(synth, 256, out, 0, 2, out, 1, 2);
    armed = false;
    CHECK(heap_calls >= 2);
    CHECK(lock_calls > 0);
    delete_fluid_synth(synth);
    delete_fluid_settings(settings);
}

// ---- the soundfont's file

static bool refused(const char *path, const char *why) {
    Synth *s = NULL;
    g_autoptr(GError) error = NULL, again = NULL;
    char *found = soundfont_find(path, &error);
    bool ok = !found && !synth_open(&s, path, RATE, &again) && !s;
    g_free(found);
    g_autofree char *want = g_strdup_printf("%s: %s", path, why);
    if (ok && !strcmp(error->message, want) && !strcmp(again->message, want))
        return true;
    fprintf(stderr, "%s\n", error ? error->message : "accepted");
    return false;
}

#define HOLLOW       "RIFF\x28\0\0\0sfbkLIST\4\0\0\0INFOLIST\4\0\0\0sdtaLIST\4\0\0\0pdta"
#define HOLLOW_BYTES 48

// Writes the first bytes of an empty SoundFont and returns its path.
static char *write_font(const char *name, size_t size) {
    char *path = g_build_filename(folder, name, NULL);
    g_autofree char *inner = g_path_get_dirname(path);
    CHECK(g_mkdir_with_parents(inner, 0700) == 0);
    CHECK(g_file_set_contents(path, HOLLOW, (gssize)size, NULL));
    return path;
}

static void overwrite(const char *path, long at, char byte) {
    FILE *file = fopen(path, "r+b");
    CHECK(file && fseek(file, at, SEEK_SET) == 0 && putc(byte, file) != EOF);
    CHECK(file && fclose(file) == 0);
}

TEST(what_is_no_soundfont_is_refused_with_a_sentence) {
    const char *not_one = "not a SoundFont (.sf2 or .sf3)";
    g_autofree char *none = g_build_filename(folder, "none.sf2", NULL);
    g_autofree char *empty = write_font("empty.sf2", 0);
    g_autofree char *cut = write_font("cut.sf2", HOLLOW_BYTES - 1);
    g_autofree char *dls = write_font("dls.sf2", HOLLOW_BYTES);
    g_autofree char *damaged = write_font("damaged.sf2", HOLLOW_BYTES);
    overwrite(dls, 8, 'D');
    overwrite(damaged, HOLLOW_BYTES - 8, '\5');
    CHECK(refused(none, "No such file or directory"));
    CHECK(refused(folder, "not a regular file"));
    CHECK(refused(empty, not_one));
    CHECK(refused(dls, not_one));
    CHECK(refused(cut, "the SoundFont is cut short"));
    CHECK(refused(damaged, "the SoundFont is damaged"));
}

static void ignore(const gchar *domain, GLogLevelFlags level, const gchar *message,
                   gpointer data) {}

TEST(a_soundfont_with_nothing_in_it_cannot_be_opened) {
    g_autofree char *hollow = write_font("hollow.sf2", HOLLOW_BYTES);
    g_log_set_default_handler(ignore, NULL); // FluidSynth's libraries log a warning
    Synth *s = NULL;
    g_autoptr(GError) error = NULL;
    CHECK(!synth_open(&s, hollow, RATE, &error) && !s);
    CHECK(error && g_str_has_suffix(error->message, ": FluidSynth cannot load it"));
}

// Sets the folders to search, all within the test's folder; NULL: not set.
static void look_in(const char *soundfont_variable, const char *user,
                    const char *shared) {
    const char *const variables[][2] = {{"SOUNDFONT", soundfont_variable},
                                        {"XDG_DATA_HOME", user},
                                        {"XDG_DATA_DIRS", shared}};
    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
        g_autofree char *path = variables[i][1]
                                    ? g_build_filename(folder, variables[i][1], NULL)
                                    : NULL;
        if (path)
            g_setenv(variables[i][0], path, TRUE);
        else
            g_unsetenv(variables[i][0]);
    }
}

static bool finds(const char *name) {
    g_autofree char *found = soundfont_find(NULL, NULL);
    g_autofree char *want = g_build_filename(folder, name, NULL);
    if (found && strcmp(found, want) == 0) return true;
    fprintf(stderr, "found %s\n", found ? found : "none");
    return false;
}

TEST(pianos_come_before_general_sets_and_the_users_before_the_systems) {
    const char *const better[] = {
        "all/soundfonts/strings.sf3",       "all/sounds/sf2/TimGM6mb.sf2",
        "all/sounds/sf2/default-GM.sf2",    "all/sounds/sf3/MuseScore_General.sf3",
        "all/sounds/sf2/FluidR3_GM.sf2",    "all/soundfonts/Upright Piano.SF2",
        "all/sounds/sf2/Concert Grand.sf2", "all/sounds/sf2/SalamanderV3.sf2",
        "user/sounds/sf2/strings.sf2"};
    look_in(NULL, "user", "all");
    g_free(write_font("all/sounds/sf2/Salamander.sf2", 4)); // damaged
    for (size_t i = 0; i < G_N_ELEMENTS(better); i++) {
        g_free(write_font(better[i], HOLLOW_BYTES));
        CHECK(finds(better[i]));
    }
    look_in("all/sounds/sf2/TimGM6mb.sf2", "user", "all");
    CHECK(finds("all/sounds/sf2/TimGM6mb.sf2"));
}

static void link_font(const char *name, const char *target) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    CHECK(symlink(target, path) == 0);
}

TEST(of_a_file_and_links_to_it_the_list_has_the_file) {
    static const char *const names[] = {"linked.sf3", "strings.sf3", "away.sf3"};
    g_free(write_font("linked/soundfonts/linked.sf3", HOLLOW_BYTES));
    g_free(write_font("linked/soundfonts/strings.sf3", HOLLOW_BYTES));
    g_free(write_font("elsewhere.sf3", HOLLOW_BYTES));
    link_font("linked/soundfonts/default-GM.sf3", "default-piano.sf3");
    link_font("linked/soundfonts/default-piano.sf3", "linked.sf3");
    link_font("linked/soundfonts/away.sf3", "../../elsewhere.sf3");
    look_in(NULL, "nobody", "linked");
    g_auto(GStrv) found = soundfont_list();
    CHECK(g_strv_length(found) == G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, "linked/soundfonts", names[i],
                                                 NULL);
        CHECK(g_strv_contains((const char *const *)found, path));
    }
}

TEST(a_link_by_which_a_user_chooses_one_comes_first) {
    g_free(write_font("chosen/sounds/sf2/plain.sf2", HOLLOW_BYTES));
    g_free(write_font("chosen/sounds/sf2/timgm6mb.sf2", HOLLOW_BYTES));
    link_font("chosen/sounds/sf2/grand.sf2", "plain.sf2");
    look_in(NULL, "nobody", "chosen");
    CHECK(finds("chosen/sounds/sf2/grand.sf2"));
}

TEST(a_soundfont_asked_for_by_variable_must_be_one) {
    look_in("none.sf2", "user", "all");
    g_autoptr(GError) error = NULL;
    CHECK(!soundfont_find(NULL, &error));
    CHECK(error &&
          g_str_has_suffix(error->message, "none.sf2: No such file or directory"));
}

TEST(without_one_the_sentence_names_a_package) {
    look_in(NULL, "nobody", "nowhere");
    g_autoptr(GError) error = NULL;
    CHECK(!soundfont_find(NULL, &error));
    CHECK(error &&
          strstr(error->message, "apt install musescore-general-soundfont-small"));
}

// ---- a SoundFont that takes long to load

#define LARGE (9 << 20)

// A hole at the end gives the file its size.
static void grow(const char *path) {
    CHECK(truncate(path, LARGE) == 0);
    for (int i = 0; i < 4; i++) overwrite(path, 4 + i, (char)((LARGE - 8) >> 8 * i));
}

TEST(a_light_one_stands_in_for_a_large_one_only) {
    g_autofree char *small = write_font("light/soundfonts/strings.sf2", HOLLOW_BYTES);
    g_autofree char *known = write_font("light/soundfonts/timgm6mb.sf2", HOLLOW_BYTES);
    g_autofree char *large = write_font("light/soundfonts/piano.sf2", HOLLOW_BYTES);
    g_free(write_font("light/soundfonts/grand.sf2", 4)); // damaged
    grow(large);
    look_in(NULL, "nobody", "light");
    g_autofree char *for_large = soundfont_stand_in(large);
    CHECK(g_strcmp0(for_large, known) == 0);
    CHECK(!soundfont_stand_in(known) && !soundfont_stand_in(small));
    look_in(NULL, "nobody", "nowhere");
    CHECK(!soundfont_stand_in(large));
}

// Waits until the loader has followed the wish, and plays a note.
static LoaderState play_by(Loader *l, const char *path, float *ret_loudest) {
    float out[2 * 512];
    loader_wish(l, path, RATE);
    while (loader_state(l).busy) g_usleep(1000);
    engine_render(l->engine, out, SYNTH_BLOCK, RATE); // the engine takes the note
    engine_test_note(l->engine);
    *ret_loudest = 0;
    for (int i = 0; i < 20; i++) {
        engine_render(l->engine, out, 512, RATE);
        for (int n = 0; n < 2 * 512; n++)
            *ret_loudest = fmaxf(*ret_loudest, fabsf(out[n]));
    }
    synth_close(engine_take_synth(l->engine));
    return loader_state(l);
}

TEST(until_a_large_one_is_there_and_if_it_never_is_another_plays) {
    g_autofree char *bytes = NULL;
    gsize size;
    g_autofree char *large = write_font("heavy/soundfonts/large.sf2", 0);
    g_autofree char *hollow = write_font("heavy/soundfonts/hollow.sf2", HOLLOW_BYTES);
    g_autofree char *light = g_build_filename(folder, "heavy/soundfonts/timgm6mb.sf2",
                                              NULL);
    CHECK(g_file_get_contents(soundfont, &bytes, &size, NULL));
    CHECK(g_file_set_contents(large, bytes, (gssize)size, NULL));
    CHECK(g_file_set_contents(light, bytes, (gssize)size, NULL));
    grow(large);
    grow(hollow);
    look_in(NULL, "nobody", "heavy");
    Loader l;
    float loudest;
    loader_start(&l, engine_new());
    CHECK(strcmp(loader_state(&l).soundfont, "") == 0);

    LoaderState s = play_by(&l, hollow, &loudest);
    CHECK(strcmp(s.soundfont, light) == 0 && loudest > 0.001f);
    CHECK(g_str_has_prefix(s.trouble, "Another piano plays: /") &&
          strstr(s.trouble, "hollow.sf2: FluidSynth cannot load it"));
    s = play_by(&l, large, &loudest);
    CHECK(strcmp(s.soundfont, large) == 0 && !*s.trouble && loudest > 0.001f);
    unlink(hollow); // the file vanished before it was loaded
    s = play_by(&l, hollow, &loudest);
    CHECK(strcmp(s.soundfont, large) == 0 && loudest > 0.001f);
    CHECK(strstr(s.trouble, "hollow.sf2: No such file or directory"));
    CHECK(loader_end(&l, 60 * G_USEC_PER_SEC));
    engine_free(l.engine);
}

// A soundfont that is not read to its end: without some samples FluidSynth would crash.
TEST(one_that_vanishes_or_is_cut_while_it_loads_leaves_the_one_before) {
    g_autofree char *bytes = NULL;
    gsize size;
    g_autofree char *fresh = write_font("gone/fresh.sf2", 0);
    CHECK(g_file_get_contents(soundfont, &bytes, &size, NULL));
    CHECK(g_file_set_contents(fresh, bytes, (gssize)size, NULL));
    Loader l;
    float loudest;
    loader_start(&l, engine_new());
    LoaderState s = play_by(&l, soundfont, &loudest);
    CHECK(loudest > 0.001f);
    reads = 0;
    synth_close(open_synth_of(fresh));
    long all = reads; // the last ones are of samples
    struct {
        long at;
        Harm harm;
        const char *why;
    } cases[] = {{all / 4, CUT, "FluidSynth cannot load it"},
                 {all / 4, REMOVED, "the SoundFont could not be read to its end"},
                 {all, UNREAD, "the SoundFont could not be read to its end"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *trouble = g_strdup_printf("Another piano plays: %s: %s", fresh,
                                                   cases[i].why);
        CHECK(g_file_set_contents(fresh, bytes, (gssize)size, NULL));
        victim = fresh, harm = cases[i].harm, harmed_read = cases[i].at, reads = 0;
        s = play_by(&l, fresh, &loudest);
        CHECK(strcmp(s.soundfont, soundfont) == 0 && loudest > 0.001f);
        CHECK(strcmp(s.trouble, trouble) == 0);
    }
    victim = NULL;
    CHECK(g_file_set_contents(fresh, bytes, (gssize)size, NULL));
    s = play_by(&l, fresh, &loudest); // is there again
    CHECK(strcmp(s.soundfont, fresh) == 0 && !*s.trouble && loudest > 0.001f);
    CHECK(loader_end(&l, 60 * G_USEC_PER_SEC));
    engine_free(l.engine);
}

static void remove_all(const char *path) {
    char *argv[] = {"rm", "-rf", (char *)path, NULL};
    g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

int main(void) {
    soundfont = soundfont_find(NULL, NULL);
    folder = g_dir_make_tmp("par-midi-synth-XXXXXX", NULL);
    if (soundfont) {
        RUN(a_key_sounds_until_it_is_let_go);
        RUN(the_pedal_holds_what_is_let_go);
        RUN(the_sostenuto_pedal_holds_only_what_was_down);
        RUN(a_stroke_under_the_soft_pedal_is_softer);
        RUN(a_harder_stroke_is_louder);
        RUN(all_off_is_silence_at_once);
        RUN(a_room_rings_on_in_proportion_and_dies_away);
        RUN(all_off_silences_the_room_and_it_comes_back);
        RUN(every_key_of_the_piano_sounds);
        RUN(a_rate_out_of_range_is_refused);
        if (HEAP_IS_OURS) {
            RUN(playing_neither_allocates_nor_locks);
            RUN(what_a_library_allocates_or_locks_is_seen);
        }
    } else
        fprintf(stderr, "no soundfont here: the synth's tests are skipped\n");
    RUN(what_is_no_soundfont_is_refused_with_a_sentence);
    RUN(a_soundfont_with_nothing_in_it_cannot_be_opened);
    RUN(pianos_come_before_general_sets_and_the_users_before_the_systems);
    RUN(of_a_file_and_links_to_it_the_list_has_the_file);
    RUN(a_link_by_which_a_user_chooses_one_comes_first);
    RUN(a_soundfont_asked_for_by_variable_must_be_one);
    RUN(without_one_the_sentence_names_a_package);
    RUN(a_light_one_stands_in_for_a_large_one_only);
    if (soundfont) RUN(until_a_large_one_is_there_and_if_it_never_is_another_plays);
    if (soundfont && HEAP_IS_OURS)
        RUN(one_that_vanishes_or_is_cut_while_it_loads_leaves_the_one_before);
    remove_all(folder);
    g_free(folder);
    g_free(soundfont);
    return test_end();
}
