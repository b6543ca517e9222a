// How much of its time the audio callback needs: a histogram fine enough for the 99.9th
// percentile, counted by one thread and read by any.
#ifndef AUDIO_LOAD_H
#define AUDIO_LOAD_H

#include <stdatomic.h>
#include <stdint.h>

enum { LOAD_STEPS = 64, LOAD_STEPS_A_PERIOD = 32 };

// Callbacks whose work took [i, i + 1) / 32 of the time that what they rendered lasts;
// the last step: that and more.
typedef struct Load {
    _Atomic uint32_t steps[LOAD_STEPS];
    _Atomic float most;
} Load;

typedef struct LoadCounts {
    uint32_t steps[LOAD_STEPS];
    float most; // the most there was, as a share of the time
} LoadCounts;

void load_count(Load *l, double share); // RT safe.
LoadCounts load_counts(const Load *l);
// The share of its time within which so many of the callbacks (0.999) were done,
// rounded up to a step; 0 without any.
double load_quantile(const LoadCounts *c, double callbacks);

#endif
