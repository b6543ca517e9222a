#include "app/evaluation/music/compression.h"

#include "app/base/deflate.h"
#include "midi/analysis/line.h"
#include "model/rng.h"

#include <string.h>

// Returns the number of bytes that the intervals take when they are compressed.
static double packed_size(const uint8_t *pitches, size_t count) {
    g_autofree uint8_t *steps = g_malloc(count);
    for (size_t i = 1; i < count; i++)
        steps[i - 1] = (uint8_t)(pitches[i] - pitches[i - 1]);
    GByteArray *packed = deflate_pack(steps, count - 1);
    double size = packed->len;
    g_byte_array_unref(packed);
    return size;
}

// Puts the whole blocks in a random order; the rest, shorter than a block, stays last.
static void shuffle(uint8_t *ret, const uint8_t *pitches, size_t count, Rng *rng) {
    uint32_t blocks = (uint32_t)(count / COMPRESSION_BLOCK);
    memcpy(ret, pitches, count);
    for (uint32_t i = blocks - 1; i > 0; i--) {
        uint8_t block[COMPRESSION_BLOCK];
        uint8_t *a = ret + i * COMPRESSION_BLOCK;
        uint8_t *b = ret + rng_below(rng, i + 1) * COMPRESSION_BLOCK;
        memcpy(block, a, sizeof block);
        memmove(a, b, sizeof block);
        memcpy(b, block, sizeof block);
    }
}

double compression_measure(const Performance *p) {
    size_t count = p->note_count;
    if (count < 2 * COMPRESSION_BLOCK) return 1;
    g_autofree Note *line = line_of(p);
    g_autofree uint8_t *pitches = g_malloc(count), *other = g_malloc(count);
    for (size_t i = 0; i < count; i++) pitches[i] = line[i].pitch;
    Rng rng = rng_new(1, 0);
    double sum = 0;
    for (int i = 0; i < COMPRESSION_ORDERS; i++) {
        shuffle(other, pitches, count, &rng);
        sum += packed_size(other, count);
    }
    return sum / COMPRESSION_ORDERS / packed_size(pitches, count);
}
