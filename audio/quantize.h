// Samples made ready for a file: amplified, measured, kept within what a file can hold,
// and rounded to whole numbers.
//
// Rounding to 16 bits is dithered (triangular, of one step to either side, from a fixed
// seed: the same every time), so that the error is a faint noise rather than a
// distortion of soft sounds; but silence stays silent.
#ifndef AUDIO_QUANTIZE_H
#define AUDIO_QUANTIZE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Quantize {
    float gain;       // each sample is multiplied by it
    float peak;       // the loudest sample there was, before it was clipped
    uint64_t clipped; // samples beyond -1..1, or that were no number
    uint32_t random;  // the dither's state
} Quantize;

#define QUANTIZE_INIT ((Quantize){.gain = 1, .random = 1})

// The sample amplified; within -1..1 if `clip`. What is no number becomes 0.
float quantize_level(Quantize *q, float sample, bool clip);
// The same, clipped, as a whole number of `bits`, 16 or 24, from -top to top =
// 2^(bits-1) - 1.
int32_t quantize_whole(Quantize *q, float sample, int bits);

#endif
