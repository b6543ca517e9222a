#include "audio/wav.h"
#include "tests/test.h"

#include <stdlib.h>
#include <unistd.h>

static uint32_t number(const uint8_t *bytes, int count) {
    uint32_t x = 0;
    for (int i = count - 1; i >= 0; i--) x = x << 8 | bytes[i];
    return x;
}

static int16_t sample16(const uint8_t *wav, int i) {
    return (int16_t)number(wav + 44 + 2 * i, 2);
}

// The whole WAV of these samples, to be freed.
static uint8_t *recording(Wav *w, const float *samples, int frames, int channels,
                          int bits, size_t *ret_size) {
    FILE *file = tmpfile();
    CHECK(wav_begin(w, file, 44100, channels, bits, NULL));
    CHECK(wav_write(w, samples, frames, NULL));
    CHECK(wav_end(w, NULL));
    *ret_size = (size_t)ftello(file);
    uint8_t *bytes = malloc(*ret_size);
    rewind(file);
    CHECK(fread(bytes, 1, *ret_size, file) == *ret_size && getc(file) == EOF);
    fclose(file);
    return bytes;
}

TEST(the_header_says_what_follows) {
    Wav w;
    size_t size;
    const float samples[6] = {0};
    uint8_t *b = recording(&w, samples, 3, 2, 16, &size);
    CHECK(size == 44 + 12);
    CHECK(memcmp(b, "RIFF", 4) == 0 && number(b + 4, 4) == size - 8);
    CHECK(memcmp(b + 8, "WAVEfmt ", 8) == 0 && number(b + 16, 4) == 16);
    CHECK(number(b + 20, 2) == 1 && number(b + 22, 2) == 2);
    CHECK(number(b + 24, 4) == 44100 && number(b + 28, 4) == 44100 * 4);
    CHECK(number(b + 32, 2) == 4 && number(b + 34, 2) == 16);
    CHECK(memcmp(b + 36, "data", 4) == 0 && number(b + 40, 4) == 12);
    free(b);
}

TEST(an_odd_number_of_bytes_is_padded) {
    Wav w;
    size_t size;
    const float sample = 0;
    uint8_t *b = recording(&w, &sample, 1, 1, 24, &size);
    CHECK(size == 44 + 4 && number(b + 40, 4) == 3 && number(b + 4, 4) == size - 8);
    free(b);
}

TEST(samples_of_24_bits_are_the_nearest) {
    Wav w;
    size_t size;
    const float samples[] = {1, -1, 0.5f, 1 / 8388607.0f};
    uint8_t *b = recording(&w, samples, 4, 1, 24, &size);
    CHECK(number(b + 44, 3) == 0x7fffff);
    CHECK(number(b + 47, 3) == 0x800001);
    CHECK(number(b + 50, 3) == 0x400000);
    CHECK(number(b + 53, 3) == 1);
    free(b);
}

TEST(what_lies_beyond_is_clipped_and_counted) {
    Wav w;
    size_t size;
    const float samples[] = {1.5f, -7, NAN, INFINITY, -INFINITY, 1, -1, 0};
    uint8_t *b = recording(&w, samples, 8, 1, 24, &size);
    CHECK(w.clipped == 5);
    CHECK(number(b + 44, 3) == 0x7fffff && number(b + 47, 3) == 0x800001);
    CHECK(number(b + 50, 3) == 0);
    CHECK(number(b + 53, 3) == 0x7fffff && number(b + 56, 3) == 0x800001);
    free(b);
}

TEST(dither_keeps_what_is_below_a_step) {
    enum { N = 200000 };
    static float samples[N];
    for (int i = 0; i < N; i++) samples[i] = 0.3f / 32767;
    Wav w;
    size_t size;
    uint8_t *b = recording(&w, samples, N, 1, 16, &size);
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
    Wav w;
    size_t size;
    uint8_t *b = recording(&w, samples, 1000, 1, 16, &size);
    for (int i = 0; i < 1000; i++) CHECK(sample16(b, i) == 0);
    free(b);
}

TEST(the_same_samples_give_the_same_file) {
    float samples[100];
    for (int i = 0; i < 100; i++) samples[i] = sinf((float)i);
    Wav w;
    size_t size, size_again;
    uint8_t *once = recording(&w, samples, 50, 2, 16, &size);
    uint8_t *again = recording(&w, samples, 50, 2, 16, &size_again);
    CHECK(size == size_again && memcmp(once, again, size) == 0);
    free(once);
    free(again);
}

TEST(a_recording_may_begin_within_a_file) {
    FILE *file = tmpfile();
    Wav w;
    uint8_t b[100];
    fputs("before", file);
    CHECK(wav_begin(&w, file, 8000, 1, 16, NULL) && wav_end(&w, NULL));
    fputs("after", file);
    rewind(file);
    CHECK(fread(b, 1, sizeof b, file) == 6 + 44 + 5);
    CHECK(memcmp(b + 6, "RIFF", 4) == 0 && number(b + 46, 4) == 0);
    CHECK(memcmp(b + 50, "after", 5) == 0);
    fclose(file);
}

TEST(a_pipe_leaves_the_sizes_open) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    FILE *file = fdopen(ends[1], "wb");
    const float samples[] = {0, 0};
    Wav w;
    uint8_t b[100];
    CHECK(wav_begin(&w, file, 48000, 2, 16, NULL));
    CHECK(wav_write(&w, samples, 1, NULL) && wav_end(&w, NULL));
    fclose(file);
    CHECK(read(ends[0], b, sizeof b) == 48);
    CHECK(number(b + 4, 4) == 0xFFFFFFFF && number(b + 40, 4) == 0xFFFFFFFF);
    close(ends[0]);
}

TEST(a_gain_multiplies_and_the_peak_is_of_what_comes_of_it) {
    const float samples[] = {0.25f, -0.5f, 0.125f};
    FILE *file = tmpfile();
    Wav w;
    uint8_t b[44 + 9];
    CHECK(wav_begin(&w, file, 48000, 1, 24, NULL));
    CHECK(w.gain == 1 && w.peak == 0);
    w.gain = 3;
    CHECK(wav_write(&w, samples, 3, NULL) && wav_end(&w, NULL));
    CHECK(w.peak == 1.5f && w.clipped == 1);
    rewind(file);
    CHECK(fread(b, 1, sizeof b, file) == sizeof b);
    CHECK(number(b + 44, 3) == 6291455 && number(b + 50, 3) == 3145728);
    fclose(file);
}

TEST(without_a_file_samples_are_measured_alone) {
    const float samples[] = {0.25f, -2, NAN};
    Wav w;
    CHECK(wav_begin(&w, NULL, 48000, 1, 24, NULL));
    CHECK(wav_write(&w, samples, 3, NULL) && wav_end(&w, NULL));
    CHECK(w.peak == 2 && w.clipped == 2 && w.bytes == 9);
}

TEST(a_full_disk_is_said) {
    static const float samples[100000];
    FILE *file = fopen("/dev/full", "wb");
    if (!file) return;
    g_autoptr(GError) error = NULL;
    Wav w;
    CHECK(wav_begin(&w, file, 48000, 1, 16, NULL)); // still in the buffer
    CHECK(!wav_write(&w, samples, 100000, &error));
    CHECK(error &&
          !strcmp(error->message, "could not be written: No space left on device"));
    fclose(file);

    g_clear_error(&error);
    file = fopen("/dev/full", "wb");
    CHECK(wav_begin(&w, file, 48000, 1, 16, NULL) && !wav_end(&w, &error));
    CHECK(error &&
          !strcmp(error->message, "could not be written: No space left on device"));
    fclose(file);
}

TEST(a_file_beyond_4_gib_is_refused) {
    FILE *file = tmpfile();
    g_autoptr(GError) error = NULL;
    const float samples[4] = {0};
    Wav w;
    CHECK(wav_begin(&w, file, 44100, 2, 16, NULL));
    w.bytes = WAV_MAX_BYTES / 4 * 4 - 4; // as if it had been written
    CHECK(wav_write(&w, samples, 1, NULL));
    CHECK(!wav_write(&w, samples, 1, &error));
    CHECK(error && !strcmp(error->message,
                           "a WAV file cannot be longer than 4 GiB, here 6.8 hours"));
    CHECK(wav_end(&w, NULL));
    rewind(file);
    uint8_t b[44];
    CHECK(fread(b, 1, 44, file) == 44);
    CHECK(number(b + 4, 4) == number(b + 40, 4) + 36);
    fclose(file);
}

int main(void) {
    RUN(the_header_says_what_follows);
    RUN(an_odd_number_of_bytes_is_padded);
    RUN(samples_of_24_bits_are_the_nearest);
    RUN(what_lies_beyond_is_clipped_and_counted);
    RUN(dither_keeps_what_is_below_a_step);
    RUN(silence_stays_silent);
    RUN(the_same_samples_give_the_same_file);
    RUN(a_recording_may_begin_within_a_file);
    RUN(a_pipe_leaves_the_sizes_open);
    RUN(a_gain_multiplies_and_the_peak_is_of_what_comes_of_it);
    RUN(without_a_file_samples_are_measured_alone);
    RUN(a_full_disk_is_said);
    RUN(a_file_beyond_4_gib_is_refused);
    return test_end();
}
