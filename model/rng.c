#include "model/rng.h"

#include <math.h>

uint32_t rng_next(Rng *r) {
    uint64_t old = r->state;
    r->state = old * 6364136223846793005u + r->stream;
    uint32_t shifted = (uint32_t)((old >> 18 ^ old) >> 27);
    uint32_t turn = (uint32_t)(old >> 59);
    return shifted >> turn | shifted << (-turn & 31);
}

Rng rng_new(uint64_t seed, uint64_t stream) {
    Rng r = {0, stream << 1 | 1};
    rng_next(&r);
    r.state += seed;
    rng_next(&r);
    return r;
}

uint32_t rng_below(Rng *r, uint32_t bound) {
    uint32_t least = -bound % bound; // so many of the 2^32 numbers must be rejected
    for (;;) {
        uint32_t x = rng_next(r);
        if (x >= least) return x % bound;
    }
}

double rng_uniform(Rng *r) {
    uint64_t high = rng_next(r) >> 5, low = rng_next(r) >> 6;
    return (double)(high << 26 | low) / 9007199254740992.0; // 53 bits
}

double rng_normal(Rng *r) {
    double u = 1 - rng_uniform(r), v = rng_uniform(r); // the Box-Muller transform
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}
