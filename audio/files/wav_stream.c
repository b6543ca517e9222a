#include "audio/files/wav_stream.h"

#include <string.h>

enum { HEADER_BYTES = 44, WHOLE = 1, FLOAT = 3 };

#define UNKNOWN 0xFFFFFFFFu

static uint8_t *put(uint8_t *to, uint32_t x, int bytes) {
    for (int i = 0; i < bytes; i++) *to++ = (uint8_t)(x >> 8 * i);
    return to;
}

static uint8_t *put_tag(uint8_t *to, const char *tag) {
    return memcpy(to, tag, 4), to + 4;
}

bool wav_stream_begin(FILE *file, int rate, int channels, int bits) {
    uint8_t header[HEADER_BYTES], *to = header;
    uint32_t frame = (uint32_t)(channels * bits / 8);
    to = put(put_tag(to, "RIFF"), UNKNOWN, 4);
    to = put(put_tag(put_tag(to, "WAVE"), "fmt "), 16, 4);
    to = put(put(to, bits == 32 ? FLOAT : WHOLE, 2), (uint32_t)channels, 2);
    to = put(put(to, (uint32_t)rate, 4), (uint32_t)rate * frame, 4);
    to = put(put(to, frame, 2), (uint32_t)bits, 2);
    put(put_tag(to, "data"), UNKNOWN, 4);
    return fwrite(header, 1, sizeof header, file) == sizeof header;
}

bool wav_stream_whole(FILE *file, const int32_t *samples, size_t count, int bits) {
    uint8_t bytes[4];
    size_t size = (size_t)bits / 8;
    for (size_t i = 0; i < count; i++) {
        put(bytes, (uint32_t)samples[i] >> (32 - bits), (int)size);
        if (fwrite(bytes, 1, size, file) != size) return false;
    }
    return true;
}

bool wav_stream_float(FILE *file, const float *samples, size_t count) {
    int32_t whole;
    for (size_t i = 0; i < count; i++) {
        memcpy(&whole, &samples[i], sizeof whole);
        if (!wav_stream_whole(file, &whole, 1, 32)) return false;
    }
    return true;
}
