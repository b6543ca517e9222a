// Prepares samples for a file: amplifies and measures them, clips them to what a file
// can hold, and rounds them to whole numbers.
//
// Rounding to 16 bits is dithered (triangular, one step to either side, from a fixed
// seed, so always the same): the error is then a faint noise instead of a distortion of
// soft sounds. Silence stays silent.
#ifndef AUDIO_FILES_QUANTIZE_H
#define AUDIO_FILES_QUANTIZE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Quantize {
    float gain;       // each sample is multiplied by it
    float peak;       // the loudest sample, before clipping
    uint64_t clipped; // samples beyond -1..1, or NaN
    uint32_t random;  // the dither's state
} Quantize;

#define QUANTIZE_INIT ((Quantize){.gain = 1, .random = 1})

// Returns the amplified sample; within -1..1 if `clip` is set. NaN becomes 0.
float quantize_level(Quantize *q, float sample, bool clip);
// Returns the amplified and clipped sample as a whole number of `bits`, 16 or 24,
// between -top and top = 2^(bits-1) - 1.
int32_t quantize_whole(Quantize *q, float sample, int bits);

#endif
