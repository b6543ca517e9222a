#include "audio/files/quantize.h"

#include <math.h>

// Uniform, 0 to 1.
static float next_random(Quantize *q) {
    q->random = q->random * 1664525u + 1013904223u;
    return (float)(q->random >> 8) / 16777216.0f;
}

float quantize_level(Quantize *q, float sample, bool clip) {
    float x = sample * q->gain;
    q->peak = fmaxf(q->peak, fabsf(x)); // of a NaN and a number, the number
    if (fabsf(x) <= 1) return x;        // which lets no NaN pass
    if (!clip && isfinite(x)) return x;
    q->clipped++;
    return x > 1 ? 1 : x < -1 ? -1 : 0;
}

int32_t quantize_whole(Quantize *q, float sample, int bits) {
    float top = (float)((1 << (bits - 1)) - 1), x = quantize_level(q, sample, true);
    float dither = 0;
    if (bits == 16 && x != 0) {
        dither = next_random(q);
        dither -= next_random(q);
    }
    return (int32_t)lrintf(fminf(fmaxf(x * top + dither, -top), top));
}
