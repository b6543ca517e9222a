// Random numbers, seeded and passed explicitly; 16 bytes of state, saved in
// checkpoints. The generator is PCG32 (O'Neill 2014). rng_hash() has no state: the same
// argument always gives the same number.
#ifndef MODEL_RNG_H
#define MODEL_RNG_H

#include <stdint.h>

typedef struct Rng {
    uint64_t state, stream; // stream is odd
} Rng;

// Streams of one seed are independent of each other.
Rng rng_new(uint64_t seed, uint64_t stream);
uint32_t rng_next(Rng *r);                  // 0 .. 2^32 - 1
uint32_t rng_below(Rng *r, uint32_t bound); // 0 .. bound - 1, without bias
double rng_uniform(Rng *r);                 // [0, 1)
double rng_normal(Rng *r);                  // mean 0, deviation 1

static inline uint32_t rng_hash(uint32_t key, uint32_t index) {
    uint32_t x = index * 0x9E3779B9u ^ key;
    x = (x ^ x >> 16) * 0x7FEB352Du;
    x = (x ^ x >> 15) * 0x846CA68Bu; // Wellons, "lowbias32"
    return x ^ x >> 16;
}

#endif
