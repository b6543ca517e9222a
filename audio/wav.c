#include "audio/wav.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define HEADER_BYTES 44
#define UNKNOWN      0xFFFFFFFFu

G_DEFINE_QUARK(wav_error, wav_error)

static bool fail(GError **error) {
    g_set_error(error, WAV_ERROR, 0, "could not be written: %s", g_strerror(errno));
    return false;
}

static uint8_t *put(uint8_t *to, uint32_t x, int bytes) {
    for (int i = 0; i < bytes; i++) *to++ = (uint8_t)(x >> 8 * i);
    return to;
}

static uint8_t *put_tag(uint8_t *to, const char *tag) {
    return memcpy(to, tag, 4), to + 4;
}

static bool write_bytes(const Wav *w, const uint8_t *bytes, size_t count) {
    return !w->file || fwrite(bytes, 1, count, w->file) == count;
}

static bool write_header(const Wav *w, uint32_t riff, uint32_t data) {
    uint8_t header[HEADER_BYTES], *to = header;
    uint32_t frame = (uint32_t)(w->channels * w->bits / 8);
    to = put(put_tag(to, "RIFF"), riff, 4);
    to = put(put_tag(put_tag(to, "WAVE"), "fmt "), 16, 4);
    to = put(put(to, 1, 2), (uint32_t)w->channels, 2);
    to = put(put(to, (uint32_t)w->rate, 4), (uint32_t)w->rate * frame, 4);
    to = put(put(to, frame, 2), (uint32_t)w->bits, 2);
    put(put_tag(to, "data"), data, 4);
    return write_bytes(w, header, HEADER_BYTES);
}

bool wav_begin(Wav *w, FILE *file, int rate, int channels, int bits, GError **error) {
    g_assert(rate > 0 && channels > 0 && (bits == 16 || bits == 24));
    *w = (Wav){
        .file = file, .gain = 1, .rate = rate, .channels = channels, .bits = bits};
    w->start = file ? ftello(file) : -1;
    w->random = 1;
    return write_header(w, UNKNOWN, UNKNOWN) || fail(error);
}

// Uniform, 0 to 1.
static float next_random(Wav *w) {
    w->random = w->random * 1664525u + 1013904223u;
    return (float)(w->random >> 8) / 16777216.0f;
}

static int32_t quantize(Wav *w, float x) {
    float top = (float)((1 << (w->bits - 1)) - 1);
    x *= w->gain;
    w->peak = fmaxf(w->peak, fabsf(x)); // of a NaN and a number, the number
    if (!(fabsf(x) <= 1)) {             // nor does it let a NaN pass
        w->clipped++;
        x = x > 1 ? 1 : x < -1 ? -1 : 0;
    }
    float dither = 0;
    if (w->bits == 16 && x != 0) {
        dither = next_random(w);
        dither -= next_random(w);
    }
    return (int32_t)lrintf(fminf(fmaxf(x * top + dither, -top), top));
}

bool wav_write(Wav *w, const float *samples, int frames, GError **error) {
    int sample = w->bits / 8;
    size_t count = (size_t)frames * (size_t)w->channels;
    if (count * (size_t)sample > WAV_MAX_BYTES - w->bytes) {
        g_set_error(error, WAV_ERROR, 0,
                    "a WAV file cannot be longer than 4 GiB, here %.1f hours",
                    WAV_MAX_BYTES / 3600. / (w->rate * w->channels * sample));
        return false;
    }
    uint8_t bytes[3072];
    while (count > 0) {
        size_t now = MIN(count, sizeof bytes / (size_t)sample);
        uint8_t *to = bytes;
        for (size_t i = 0; i < now; i++)
            to = put(to, (uint32_t)quantize(w, *samples++), sample);
        if (!write_bytes(w, bytes, now * (size_t)sample)) return fail(error);
        w->bytes += now * (size_t)sample;
        count -= now;
    }
    return true;
}

bool wav_end(Wav *w, GError **error) {
    bool pad = w->bytes % 2 != 0;
    if (pad && !write_bytes(w, &(uint8_t){0}, 1)) return fail(error);
    if (w->start >= 0) {
        uint32_t data = (uint32_t)w->bytes;
        off_t end = (off_t)(w->start + HEADER_BYTES + data + pad);
        if (fseeko(w->file, (off_t)w->start, SEEK_SET) != 0 ||
            !write_header(w, HEADER_BYTES - 8 + data + pad, data) ||
            fseeko(w->file, end, SEEK_SET) != 0)
            return fail(error);
    }
    return !w->file || fflush(w->file) == 0 || fail(error);
}
