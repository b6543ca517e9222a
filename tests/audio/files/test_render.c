// Renders whole performances into sound files and checks them sample by sample.
#include "audio/files/render.h"
#include "audio/soundfont.h"
#include "tests/test.h"

#include <stdlib.h>

#define RATE 44100

static char *soundfont;

typedef struct Recording {
    SoundFile sound;
    uint8_t *bytes; // owned; the file
    size_t size;
} Recording;

static int frames_of(const Recording *r) { return (int)((r->size - 44) / 6); }

// Returns the louder channel's 24-bit sample.
static int sample(const Recording *r, int frame) {
    int loud = 0;
    for (int channel = 0; channel < 2; channel++) {
        const uint8_t *b = r->bytes + 44 + 6 * (size_t)frame + 3 * channel;
        int x = b[0] | b[1] << 8 | (int8_t)b[2] * 65536;
        loud = MAX(loud, abs(x));
    }
    return loud;
}

static int peak(const Recording *r, int from, int to) {
    int loud = 0;
    for (int f = MAX(from, 0); f < to && f < frames_of(r); f++)
        loud = MAX(loud, sample(r, f));
    return loud;
}

static const SoundFormat format = {SOUND_WAV, RATE, 24};

static Recording record_on(Synth *s, const Performance *p, RenderProgress progress,
                           void *data) {
    Recording r = {0};
    FILE *file = tmpfile();
    CHECK(sound_file_begin(&r.sound, file, format, NULL));
    CHECK(render_performance(p, s, &r.sound, progress, data, NULL));
    CHECK(sound_file_end(&r.sound, NULL));
    r.size = (size_t)ftello(file);
    r.bytes = malloc(r.size);
    rewind(file);
    CHECK(fread(r.bytes, 1, r.size, file) == r.size);
    fclose(file);
    return r;
}

static Recording record(const Performance *p, RenderProgress progress, void *data) {
    Synth *s = NULL;
    CHECK(synth_open(&s, soundfont, RATE, NULL));
    Recording r = record_on(s, p, progress, data);
    synth_close(s);
    return r;
}

static bool same(const Recording *a, const Recording *b) {
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

#define SECOND 1000000 // of a performance's time

static Note scale[] = {
    {0, SECOND / 2, 60, 80},
    {SECOND / 4, SECOND, 64, 90},
    {SECOND / 2, SECOND, 60, 70},
    {SECOND, SECOND * 3 / 2, 67, 110},
};
static PedalChange pedal[] = {
    {0, 127}, {SECOND, 0}, {SECOND + 1, 100}, {SECOND * 2, 0}};
static const Performance music = {
    .notes = scale, .note_count = 4, .pedal = pedal, .pedal_count = 4};

TEST(a_note_is_silent_before_its_block_and_sounds_in_it) {
    // The notes are due on the first frame of a block, on the last, and between them.
    const int64_t due[] = {64 * 345, 64 * 345 + 63, 64 * 346, 12345};
    for (size_t i = 0; i < G_N_ELEMENTS(due); i++) {
        int64_t time = (due[i] * SECOND + RATE - 1) / RATE;
        Note note = {time, time + SECOND / 10, 60, 100};
        Recording r = record(&(Performance){.notes = &note, .note_count = 1}, NULL,
                             NULL);
        int block = (int)due[i] / SYNTH_BLOCK * SYNTH_BLOCK;
        CHECK(peak(&r, 0, block) == 0);
        CHECK(peak(&r, block, block + SYNTH_BLOCK) > 0);
        free(r.bytes);
    }
}

TEST(nothing_sounds_at_the_end) {
    Recording r = record(&music, NULL, NULL);
    int frames = frames_of(&r);
    CHECK(frames > 2 * RATE && frames < 12 * RATE);
    CHECK(peak(&r, 0, frames) > 1 << 16);
    CHECK(peak(&r, frames - 5, frames) < 1 << 10); // -78 dB
    free(r.bytes);
}

TEST(a_pedal_left_down_ends_ten_seconds_later_in_a_fade) {
    Note note = {0, SECOND, 30, 127};
    PedalChange down = {0, 127};
    Recording r = record(
        &(Performance){
            .notes = &note, .note_count = 1, .pedal = &down, .pedal_count = 1},
        NULL, NULL);
    int frames = frames_of(&r);
    CHECK(frames <= 11 * RATE + RATE / 20 + SYNTH_BLOCK);
    CHECK(peak(&r, frames - 5, frames) < 1 << 10);
    free(r.bytes);
}

TEST(a_note_of_no_length_does_not_hang) {
    Note note = {0, 0, 60, 100};
    Recording r = record(&(Performance){.notes = &note, .note_count = 1}, NULL, NULL);
    CHECK(frames_of(&r) < 3 * RATE);
    CHECK(peak(&r, 0, 1000) > 0);
    free(r.bytes);
}

TEST(a_key_let_go_as_the_pedal_comes_down_is_not_held) {
    Note note = {0, SECOND, 60, 100};
    PedalChange down[] = {{SECOND, 127}, {SECOND * 4, 0}};
    Recording r = record(
        &(Performance){
            .notes = &note, .note_count = 1, .pedal = down, .pedal_count = 2},
        NULL, NULL);
    CHECK(peak(&r, 3 * RATE, 4 * RATE) == 0);
    free(r.bytes);
}

TEST(no_music_is_a_recording_without_frames) {
    Recording r = record(&(Performance){0}, NULL, NULL);
    CHECK(frames_of(&r) == 0);
    free(r.bytes);
}

TEST(every_run_gives_the_same_bytes) {
    Recording a = record(&music, NULL, NULL);
    Recording b = record(&music, NULL, NULL);
    CHECK(same(&a, &b));
    free(a.bytes);
    free(b.bytes);
}

TEST(a_used_synth_plays_the_same_to_the_ear) {
    Synth *s = NULL;
    CHECK(synth_open(&s, soundfont, RATE, NULL));
    synth_note_on(s, 60, 127); // still sounding when the rendering begins
    float left[100 * SYNTH_BLOCK], right[100 * SYNTH_BLOCK];
    synth_render(s, left, right, 100 * SYNTH_BLOCK);
    Recording a = record_on(s, &music, NULL, NULL);
    Recording b = record(&music, NULL, NULL);
    CHECK(a.size == b.size);
    int most = 0;
    for (int f = 0; f < frames_of(&b) && a.size == b.size; f++)
        most = MAX(most, abs(sample(&a, f) - sample(&b, f)));
    CHECK(most < 1 << 14); // -54 dBFS
    synth_close(s);
    free(a.bytes);
    free(b.bytes);
}

typedef struct Stop {
    int calls, stop_at;
    double done;
    bool rises;
} Stop;

static bool stop_at(void *data, double done) {
    Stop *stop = data;
    stop->rises &= done >= stop->done && done <= 1;
    stop->done = done;
    return ++stop->calls != stop->stop_at;
}

TEST(progress_rises_to_one) {
    Stop never = {.rises = true};
    Recording r = record(&music, stop_at, &never);
    CHECK(never.calls > 3 && never.rises && never.done == 1);
    free(r.bytes);
}

TEST(a_stop_leaves_a_whole_shorter_recording_that_fades) {
    Stop stop = {.stop_at = 3, .rises = true};
    Recording whole = record(&music, NULL, NULL);
    Recording r = record(&music, stop_at, &stop);
    int frames = frames_of(&r);
    CHECK(stop.calls == 3);
    CHECK(frames > 0 && frames < RATE);
    CHECK(memcmp(r.bytes + 4, whole.bytes + 4, 4) != 0); // the header has other sizes
    CHECK(r.size == 44 + r.sound.bytes && r.bytes[40] == (uint8_t)r.sound.bytes);
    int fade = RATE / 20;
    CHECK(memcmp(r.bytes + 44, whole.bytes + 44, 6 * (size_t)(frames - fade)) == 0);
    CHECK(peak(&r, frames - fade, frames) > 1 << 16);
    CHECK(peak(&r, frames - 5, frames) < peak(&r, frames - fade, frames) / 50);
    free(whole.bytes);
    free(r.bytes);
}

TEST(a_stop_before_the_first_block_is_heeded) {
    Stop stop = {.stop_at = 1};
    Recording r = record(&music, stop_at, &stop);
    CHECK(stop.calls == 1 && peak(&r, 0, frames_of(&r)) == 0);
    free(r.bytes);
}

TEST(a_full_disk_ends_the_rendering) {
    FILE *file = fopen("/dev/full", "wb");
    if (!file) return;
    Synth *s = NULL;
    SoundFile sound;
    g_autoptr(GError) error = NULL;
    CHECK(synth_open(&s, soundfont, RATE, NULL));
    CHECK(sound_file_begin(&sound, file, format, NULL));
    CHECK(!render_performance(&music, s, &sound, NULL, NULL, &error));
    CHECK(error && strstr(error->message, "No space left on device"));
    sound_file_clear(&sound);
    fclose(file);
    synth_close(s);
}

int main(void) {
    soundfont = soundfont_find(NULL, NULL);
    if (!soundfont) return puts("1..0 # SKIP no soundfont here"), 0;
    RUN(a_note_is_silent_before_its_block_and_sounds_in_it);
    RUN(nothing_sounds_at_the_end);
    RUN(a_pedal_left_down_ends_ten_seconds_later_in_a_fade);
    RUN(a_note_of_no_length_does_not_hang);
    RUN(a_key_let_go_as_the_pedal_comes_down_is_not_held);
    RUN(no_music_is_a_recording_without_frames);
    RUN(every_run_gives_the_same_bytes);
    RUN(a_used_synth_plays_the_same_to_the_ear);
    RUN(progress_rises_to_one);
    RUN(a_stop_leaves_a_whole_shorter_recording_that_fades);
    RUN(a_stop_before_the_first_block_is_heeded);
    RUN(a_full_disk_ends_the_rendering);
    g_free(soundfont);
    return test_end();
}
