// How much of its time the audio callback needs, as a histogram that is fine enough for
// the 99.9th percentile. One thread counts; any may read. tests/soak judges the real
// program by it.
#ifndef AUDIO_LOAD_H
#define AUDIO_LOAD_H

#include <stdatomic.h>
#include <stdint.h>

enum { LOAD_STEPS = 64, LOAD_STEPS_A_PERIOD = 32 };

// Step i counts the callbacks that took [i, i + 1) / 32 of the time that their sound
// lasts; the last step also counts all slower ones.
typedef struct Load {
    _Atomic uint32_t steps[LOAD_STEPS];
    _Atomic float most;
} Load;

typedef struct LoadCounts {
    uint32_t steps[LOAD_STEPS];
    float most; // the largest share of the time
} LoadCounts;

void load_count(Load *l, double share); // RT safe.
LoadCounts load_counts(const Load *l);
// Returns the share of its time within which that many of the callbacks (0.999, say)
// were done, rounded up to a step; 0 without callbacks.
double load_quantile(const LoadCounts *c, double callbacks);

#endif
