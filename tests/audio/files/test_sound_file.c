// Writes sound files of each kind and checks them: WAV byte by byte, the others by what
// libsndfile reads from them.
#include "audio/files/sound_file.h"
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sndfile.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { HEADER = 44 };

static uint32_t number(const uint8_t *bytes, int count) {
    uint32_t x = 0;
    for (int i = count - 1; i >= 0; i--) x = x << 8 | bytes[i];
    return x;
}

static int16_t sample16(const uint8_t *wav, int i) {
    return (int16_t)number(wav + HEADER + 2 * i, 2);
}

static SoundFormat wav(int depth) { return (SoundFormat){SOUND_WAV, 44100, depth}; }

// Writes these frames. *ret_size receives the size of the file.
static FILE *written(SoundFile *s, SoundFormat format, const float *samples, int frames,
                     float gain) {
    FILE *file = tmpfile();
    CHECK(sound_file_begin(s, file, format, NULL));
    s->quantize.gain = gain;
    CHECK(sound_file_write(s, samples, frames, NULL));
    CHECK(sound_file_end(s, NULL));
    sound_file_clear(s);
    return file;
}

// Returns all bytes of a file, to be freed, and closes the file.
static uint8_t *take_bytes(FILE *file, size_t *ret_size) {
    fseeko(file, 0, SEEK_END);
    *ret_size = (size_t)ftello(file);
    uint8_t *bytes = malloc(*ret_size + 1);
    rewind(file);
    CHECK(fread(bytes, 1, *ret_size, file) == *ret_size && getc(file) == EOF);
    fclose(file);
    return bytes;
}

static uint8_t *recording(SoundFile *s, const float *samples, int frames, int depth,
                          size_t *ret_size) {
    return take_bytes(written(s, wav(depth), samples, frames, 1), ret_size);
}

TEST(the_header_says_what_follows) {
    SoundFile s;
    size_t size;
    const float samples[6] = {0};
    uint8_t *b = recording(&s, samples, 3, 16, &size);
    CHECK(size == HEADER + 12);
    CHECK(memcmp(b, "RIFF", 4) == 0 && number(b + 4, 4) == size - 8);
    CHECK(memcmp(b + 8, "WAVEfmt ", 8) == 0 && number(b + 16, 4) == 16);
    CHECK(number(b + 20, 2) == 1 && number(b + 22, 2) == 2);
    CHECK(number(b + 24, 4) == 44100 && number(b + 28, 4) == 44100 * 4);
    CHECK(number(b + 32, 2) == 4 && number(b + 34, 2) == 16);
    CHECK(memcmp(b + 36, "data", 4) == 0 && number(b + 40, 4) == 12);
    free(b);
}

TEST(samples_of_24_bits_are_the_nearest) {
    SoundFile s;
    size_t size;
    const float samples[] = {1, -1, 0.5f, 1 / 8388607.0f};
    uint8_t *b = recording(&s, samples, 2, 24, &size);
    CHECK(number(b + 44, 3) == 0x7fffff);
    CHECK(number(b + 47, 3) == 0x800001);
    CHECK(number(b + 50, 3) == 0x400000);
    CHECK(number(b + 53, 3) == 1);
    free(b);
}

TEST(what_lies_beyond_is_clipped_and_counted) {
    SoundFile s;
    size_t size;
    const float samples[] = {1.5f, -7, NAN, INFINITY, -INFINITY, 1, -1, 0};
    uint8_t *b = recording(&s, samples, 4, 24, &size);
    CHECK(s.quantize.clipped == 5);
    CHECK(number(b + 44, 3) == 0x7fffff && number(b + 47, 3) == 0x800001);
    CHECK(number(b + 50, 3) == 0);
    CHECK(number(b + 53, 3) == 0x7fffff && number(b + 56, 3) == 0x800001);
    free(b);
}

TEST(float_keeps_what_lies_beyond_but_for_what_is_no_number) {
    SoundFile s;
    float back[4];
    const float samples[] = {1.5f, -7, NAN, INFINITY};
    FILE *file = written(&s, wav(32), samples, 2, 2);
    fseeko(file, -(off_t)sizeof back, SEEK_END);
    CHECK(fread(back, 1, sizeof back, file) == sizeof back);
    CHECK(back[0] == 3 && back[1] == -14 && back[2] == 0 && back[3] == 1);
    CHECK(s.quantize.clipped == 2);
    fclose(file);
}

TEST(dither_keeps_what_is_below_a_step) {
    enum { N = 200000 };
    static float samples[N];
    for (int i = 0; i < N; i++) samples[i] = 0.3f / 32767;
    SoundFile s;
    size_t size;
    uint8_t *b = recording(&s, samples, N / 2, 16, &size);
    double mean = 0, square = 0;
    for (int i = 0; i < N; i++) {
        mean += sample16(b, i) / (double)N;
        square += sample16(b, i) * sample16(b, i) / (double)N;
    }
    CHECK_NEAR(mean, 0.3, 0.01);
    // triangular dither makes the error's power 1/12 + 2/12, whatever the sample
    CHECK_NEAR(square - mean * mean, 0.25, 0.01);
    free(b);
}

TEST(silence_stays_silent) {
    static const float samples[1000];
    SoundFile s;
    size_t size;
    uint8_t *b = recording(&s, samples, 500, 16, &size);
    for (int i = 0; i < 1000; i++) CHECK(sample16(b, i) == 0);
    free(b);
}

TEST(the_same_samples_give_the_same_file) {
    static const SoundFormat formats[] = {{SOUND_WAV, 44100, 16},
                                          {SOUND_WAV, 44100, 32},
                                          {SOUND_FLAC, 44100, 24},
                                          {SOUND_MP3, 44100, 0}};
    float samples[1000];
    for (int i = 0; i < 1000; i++) samples[i] = sinf((float)i);
    for (size_t f = 0; f < G_N_ELEMENTS(formats); f++) {
        SoundFile s;
        size_t size, size_again;
        uint8_t *once = take_bytes(written(&s, formats[f], samples, 500, 1), &size);
        if (formats[f].depth == 32)
            usleep(1100 * 1000); // a time in the file would differ
        uint8_t *again = take_bytes(written(&s, formats[f], samples, 500, 1),
                                    &size_again);
        CHECK(size == size_again && memcmp(once, again, size) == 0);
        free(once);
        free(again);
    }
}

TEST(a_recording_may_begin_within_a_file) {
    FILE *file = tmpfile();
    SoundFile s;
    uint8_t b[100];
    fputs("before", file);
    CHECK(sound_file_begin(&s, file, wav(16), NULL) && sound_file_end(&s, NULL));
    rewind(file);
    CHECK(fread(b, 1, sizeof b, file) == 6 + HEADER);
    CHECK(memcmp(b + 6, "RIFF", 4) == 0 && number(b + 46, 4) == 0);
    fclose(file);
}

// Returns the bytes that samples of 0.5 and -0.25 become in a pipe.
static void check_stream(FILE *file, int from, int depth, uint32_t first,
                         uint32_t second) {
    const float samples[] = {0.5f, -0.25f};
    SoundFile s;
    uint8_t b[100];
    int size = depth / 8;
    CHECK(sound_file_begin(&s, file, wav(depth), NULL));
    CHECK(sound_file_write(&s, samples, 1, NULL) && sound_file_end(&s, NULL));
    fclose(file);
    CHECK(read(from, b, sizeof b) == HEADER + 2 * size);
    CHECK(memcmp(b, "RIFF", 4) == 0 && number(b + 20, 2) == (depth == 32 ? 3 : 1));
    CHECK(number(b + 22, 2) == 2 && number(b + 34, 2) == (uint32_t)depth);
    CHECK(number(b + 28, 4) == 44100 * 2 * (uint32_t)size);
    CHECK(number(b + 4, 4) == 0xFFFFFFFF && number(b + 40, 4) == 0xFFFFFFFF);
    CHECK(number(b + HEADER, size) == first);
    CHECK(number(b + HEADER + size, size) == second);
}

TEST(a_pipe_gets_wav_that_leaves_the_sizes_open) {
    int ends[2];
    for (int depth = 24; depth <= 32; depth += 8) {
        CHECK(pipe(ends) == 0);
        if (depth == 24)
            check_stream(fdopen(ends[1], "wb"), ends[0], 24, 0x400000, 0xE00000);
        else
            check_stream(fdopen(ends[1], "wb"), ends[0], 32, 0x3F000000, 0xBE800000);
        close(ends[0]);
    }
}

TEST(so_does_a_file_that_is_only_added_to) {
    char name[] = "/tmp/sound_file_XXXXXX";
    close(mkstemp(name));
    FILE *file = fopen(name, "ab");
    int from = open(name, 0);
    check_stream(file, from, 24, 0x400000, 0xE00000);
    close(from);
    unlink(name);
}

TEST(a_pipe_takes_no_other_kind) {
    int ends[2];
    SoundFile s;
    g_autoptr(GError) error = NULL;
    CHECK(pipe(ends) == 0);
    FILE *file = fdopen(ends[1], "wb");
    CHECK(!sound_file_begin(&s, file, (SoundFormat){SOUND_FLAC, 44100, 16}, &error));
    CHECK(error && strcmp(error->message,
                          "could not be written: only WAV can go into a pipe") == 0);
    sound_file_clear(&s);
    fclose(file);
    close(ends[0]);
}

TEST(a_gain_multiplies_and_the_peak_is_of_what_comes_of_it) {
    const float samples[] = {0.25f, -0.5f, 0.125f, 0};
    SoundFile s;
    size_t size;
    uint8_t *b = take_bytes(written(&s, wav(24), samples, 2, 3), &size);
    CHECK(s.quantize.peak == 1.5f && s.quantize.clipped == 1);
    CHECK(number(b + 44, 3) == 6291455 && number(b + 50, 3) == 3145728);
    free(b);
}

TEST(without_a_file_samples_are_measured_alone) {
    const float samples[] = {0.25f, -2, NAN, 0};
    SoundFile s;
    CHECK(sound_file_begin(&s, NULL, wav(24), NULL));
    CHECK(s.quantize.gain == 1 && s.quantize.peak == 0);
    CHECK(sound_file_write(&s, samples, 2, NULL) && sound_file_end(&s, NULL));
    CHECK(s.quantize.peak == 2 && s.quantize.clipped == 2 && s.bytes == 12);
}

// ---- each kind

enum { RATE = 48000, SECONDS = 2 };

static float music[RATE * SECONDS][SOUND_CHANNELS];

static void make_music(void) {
    for (int i = 0; i < RATE * SECONDS; i++) {
        music[i][0] = 0.5f * sinf((float)i * 0.05f);
        music[i][1] = 0.3f * sinf((float)i * 0.03f);
    }
}

// Returns the distance between a file's sound and the music, as a share of the music's
// power. The best of some delays counts, since MP3 begins with silence.
static double distance(const float *got, int frames) {
    double best = (double)INFINITY;
    for (int delay = 0; delay < 2400; delay++) {
        double error = 0, power = 0;
        for (int i = RATE / 2; i < RATE / 2 + 500; i++)
            for (int c = 0; c < SOUND_CHANNELS; c++) {
                int at = i + delay;
                double x = (double)music[i][c],
                       y = at < frames ? (double)got[2 * at + c] : 0;
                error += (x - y) * (x - y);
                power += x * x;
            }
        best = fmin(best, error / power);
    }
    return best;
}

static void check_kind(SoundFormat format, double most, int longer) {
    static float got[RATE * (SECONDS + 1)][SOUND_CHANNELS];
    SoundFile s;
    FILE *file = written(&s, format, music[0], RATE * SECONDS, 1);
    SF_INFO info = {0};
    lseek(fileno(file), 0, SEEK_SET);
    SNDFILE *in = sf_open_fd(fileno(file), SFM_READ, &info, 0);
    if (!in) {
        CHECK(in);
        return;
    }
    CHECK(info.samplerate == RATE && info.channels == 2);
    int frames = (int)sf_readf_float(in, got[0], RATE * (SECONDS + 1));
    CHECK(frames >= RATE * SECONDS && frames <= RATE * SECONDS + longer);
    double far = distance(got[0], frames);
    fprintf(stderr, "%s: %d frames in %ld bytes, error %.1f dB\n",
            sound_format_name(format.kind), frames, (long)ftello(file),
            10 * log10(far));
    CHECK(far < most);
    sf_close(in);
    fclose(file);
}

TEST(each_kind_is_read_back_as_the_music_that_was_written) {
    make_music();
    check_kind((SoundFormat){SOUND_WAV, RATE, 16}, 1e-8, 0);
    check_kind((SoundFormat){SOUND_WAV, RATE, 32}, 1e-14, 0);
    check_kind((SoundFormat){SOUND_FLAC, RATE, 24}, 1e-12, 0);
    check_kind((SoundFormat){SOUND_VORBIS, RATE, 0}, 1e-3, 0);
    check_kind((SoundFormat){SOUND_OPUS, RATE, 0}, 1e-2, 0);
    check_kind((SoundFormat){SOUND_MP3, RATE, 0}, 1e-2, 4 * 1152);
}

// ---- failures

static bool is_error(const GError *error, const char *text) {
    if (error && strcmp(error->message, text) == 0) return true;
    fprintf(stderr, "%s\n", error ? error->message : "no error");
    return false;
}

// Writes to a file that can hold only so many bytes.
static void check_too_small(SoundFormat format, rlim_t bytes) {
    struct rlimit usual, small;
    getrlimit(RLIMIT_FSIZE, &usual);
    small = (struct rlimit){bytes, usual.rlim_max};
    g_autoptr(GError) error = NULL;
    SoundFile s;
    FILE *file = tmpfile();
    setrlimit(RLIMIT_FSIZE, &small);
    bool ok = sound_file_begin(&s, file, format, &error);
    for (int i = 0; i < 4 && ok; i++) ok = sound_file_write(&s, music[0], RATE, &error);
    ok = ok && sound_file_end(&s, &error);
    sound_file_clear(&s);
    CHECK(!ok && is_error(error, "could not be written: File too large"));
    fclose(file);
    setrlimit(RLIMIT_FSIZE, &usual);
}

TEST(a_file_that_cannot_grow_is_said_for_each_kind_wherever_it_stops) {
    static const rlim_t sizes[] = {0, 1, 50, 4096, 5000, 10000};
    make_music();
    signal(SIGXFSZ, SIG_IGN);
    for (int kind = 0; kind < SOUND_KINDS; kind++)
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
            check_too_small(
                (SoundFormat){(SoundKind)kind, RATE, kind <= SOUND_FLAC ? 16 : 0},
                sizes[i]);
}

TEST(a_disk_that_is_full_at_the_end_is_said) {
    FILE *file = fopen("/dev/full", "wb");
    if (!file) return;
    g_autoptr(GError) error = NULL;
    SoundFile s;
    CHECK(sound_file_begin(&s, file, wav(16), NULL)); // still in the buffer
    CHECK(!sound_file_end(&s, &error));
    CHECK(is_error(error, "could not be written: No space left on device"));
    fclose(file);
}

TEST(a_wav_file_beyond_4_gib_is_refused) {
    FILE *file = tmpfile();
    g_autoptr(GError) error = NULL;
    const float samples[4] = {0};
    SoundFile s;
    CHECK(sound_file_begin(&s, file, wav(16), NULL));
    s.bytes = SOUND_WAV_MOST / 4 * 4 - 4; // as if so much had been written
    CHECK(sound_file_write(&s, samples, 1, NULL));
    CHECK(!sound_file_write(&s, samples, 1, &error));
    CHECK(error && !strcmp(error->message,
                           "a WAV file cannot be longer than 4 GiB, here 6.8 hours"));
    CHECK(sound_file_end(&s, NULL));
    fclose(file);
}

int main(void) {
    RUN(the_header_says_what_follows);
    RUN(samples_of_24_bits_are_the_nearest);
    RUN(what_lies_beyond_is_clipped_and_counted);
    RUN(float_keeps_what_lies_beyond_but_for_what_is_no_number);
    RUN(dither_keeps_what_is_below_a_step);
    RUN(silence_stays_silent);
    RUN(the_same_samples_give_the_same_file);
    RUN(a_recording_may_begin_within_a_file);
    RUN(a_pipe_gets_wav_that_leaves_the_sizes_open);
    RUN(so_does_a_file_that_is_only_added_to);
    RUN(a_pipe_takes_no_other_kind);
    RUN(a_gain_multiplies_and_the_peak_is_of_what_comes_of_it);
    RUN(without_a_file_samples_are_measured_alone);
    RUN(each_kind_is_read_back_as_the_music_that_was_written);
    RUN(a_file_that_cannot_grow_is_said_for_each_kind_wherever_it_stops);
    RUN(a_disk_that_is_full_at_the_end_is_said);
    RUN(a_wav_file_beyond_4_gib_is_refused);
    return test_end();
}
