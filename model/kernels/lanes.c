#include "model/kernels/lanes.h"

extern const Lanes lanes_base;
#ifdef LANES_X86
extern const Lanes lanes_v3, lanes_v4;
const Lanes *const lanes_levels[] = {&lanes_base, &lanes_v3, &lanes_v4, NULL};
#else
const Lanes *const lanes_levels[] = {&lanes_base, NULL};
#endif

const Lanes *lanes(void) {
    const Lanes *best = lanes_levels[0];
    for (int i = 1; lanes_levels[i]; i++)
        if (lanes_levels[i]->is_supported()) best = lanes_levels[i];
    return best;
}

VECTOR_CLONES
static real round_to(int16_t *to, const real *x, int count, int limit) {
    real most = 0;
#pragma omp simd reduction(max : most)
    for (int i = 0; i < count; i++) {
        real size = x[i] < 0 ? -x[i] : x[i];
        most = size > most ? size : most;
    }
    real by = most > (real)1e-30 ? (real)limit / most : 0; // it must not be infinite
    for (int i = 0; i < count; i++) {
        real y = x[i] * by;
        to[i] = (int16_t)(int32_t)(y < 0 ? y - (real)0.5 : y + (real)0.5);
    }
    if (count % 2) to[count] = 0;
    return most / (real)limit;
}

real lanes_round(int16_t *to, const real *x, int count, int limit) {
    return round_to(to, x, count, limit);
}
