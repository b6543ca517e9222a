#include "audio/limiter.h"

#include <math.h>

static float clamp(float x) { return x > 1 ? 1 : x < -1 ? -1 : x; }

float limiter_apply(Limiter *l, float *left, float *right, int frames, int rate) {
    float peak = 0;
    int loudest = 0;
    for (int i = 0; i < frames; i++) {
        float x = fmaxf(fabsf(left[i]), fabsf(right[i]));
        if (x > peak) peak = x, loudest = i;
    }
    float recovered = l->gain * (1 + (float)frames / (float)(LIMITER_RECOVERY * rate));
    float wanted = fminf(1, recovered);
    if (peak * wanted > 1) wanted = 1 / peak;
    // A falling gain must reach its end at the loudest sample; a rising one takes the
    // whole block.
    int ramp = wanted < l->gain ? loudest + 1 : frames;
    float step = (wanted - l->gain) / (float)ramp;
    for (int i = 0; i < frames; i++) {
        float g = i < ramp ? l->gain + step * (float)(i + 1) : wanted;
        left[i] = clamp(left[i] * g);
        right[i] = clamp(right[i] * g);
    }
    l->gain = wanted;
    return peak;
}
