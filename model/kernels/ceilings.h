// The peak rates of this machine, measured. Speeds are quoted as fractions of them.
#ifndef MODEL_KERNELS_CEILINGS_H
#define MODEL_KERNELS_CEILINGS_H

#include "model/kernels/pool.h"

typedef struct Ceilings {
    double float_rate; // multiply-adds in float, counted as two operations: GFLOP/s
    double bf16_rate;  // the same in bf16 with float sums; 0: this CPU has no bf16
    double memory;     // reads of memory larger than all caches: GB/s
    double cache;      // repeated reads of 4 MB per thread: GB/s
} Ceilings;

// Measures with all threads of the pool and takes the best of several tries. It takes
// about two seconds, and half a gigabyte or 4 MB per thread, whichever is more. Returns
// false if there is not enough memory.
bool ceilings_measure(Ceilings *ret, Pool *p);

#endif
