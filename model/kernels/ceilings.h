// What this machine can do at most, measured: what a speed is a fraction of.
#ifndef MODEL_KERNELS_CEILINGS_H
#define MODEL_KERNELS_CEILINGS_H

#include "model/kernels/pool.h"

typedef struct Ceilings {
    double float_rate; // multiply-adds in float, counted as two operations: GFLOP/s
    double bf16_rate;  // in bf16 with float sums; 0: this CPU has none
    double memory;     // reads of more than any cache holds: GB/s
    double cache;      // reads of 4 MB a thread, over and over: GB/s
} Ceilings;

// By all threads of the pool, the best of several tries; takes about two seconds and
// half a gigabyte, or 4 MB a thread if that is more. False: there is not the memory.
bool ceilings_measure(Ceilings *ret, Pool *p);

#endif
