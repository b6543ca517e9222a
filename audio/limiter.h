// Keeps sound within -1..1 without a click.
//
// A recital alone peaks just under full scale (see GAIN in synth.c), but hands on top
// of it, or a loud soundfont, go beyond, and what goes beyond a device's range is cut
// off flat, which crackles. So the gain falls to what a block's loudest sample needs,
// in a ramp that ends at that sample, and comes back within about RECOVERY seconds.
//
//   y = x * g,  g <= 1,  |y| <= 1
#ifndef AUDIO_LIMITER_H
#define AUDIO_LIMITER_H

#define LIMITER_RECOVERY 0.4 // seconds to gain a factor e

typedef struct Limiter {
    float gain; // what the last block ended with
} Limiter;

#define LIMITER_INIT ((Limiter){1})

// Changes a block of both channels in place. Returns its loudest sample as it was. RT
// safe.
float limiter_apply(Limiter *l, float *left, float *right, int frames, int rate);

#endif
