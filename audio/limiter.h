// Keeps sound within -1..1 without a click.
//
// A single performance peaks just below full scale (see GAIN in synth.c), but playing
// along, or a loud SoundFont, goes beyond. A device clips what is beyond its range,
// which crackles. So the gain falls to what a block's loudest sample needs, in a ramp
// that ends at that sample, and recovers within about RECOVERY seconds.
//
//   y = x * g,  g <= 1,  |y| <= 1
#ifndef AUDIO_LIMITER_H
#define AUDIO_LIMITER_H

#define LIMITER_RECOVERY 0.4 // seconds to gain a factor e

typedef struct Limiter {
    float gain; // at the end of the last block
} Limiter;

#define LIMITER_INIT ((Limiter){1})

// Limits a block of both channels in place. Returns its loudest sample before that. RT
// safe.
float limiter_apply(Limiter *l, float *left, float *right, int frames, int rate);

#endif
