// Self-attention of one latent over the keys and values that a run keeps: layers.h's
// attention with n = 1. The cache is int8, since reading it is most of the work, with a
// scale for each head of each row; in each head keys lie 16 side by side:
//
//     k: (h, N/16, dh/2, 16, 2)    v: (h, N/2, dh, 2)    their scales: (h, N)
//
// in the pairs of lanes.h.
#ifndef MODEL_GENERATE_ATTENTION_STEP_H
#define MODEL_GENERATE_ATTENTION_STEP_H

#include "model/layers.h"

typedef struct KeyCache {
    int8_t *k, *v;           // owned
    real *k_scale, *v_scale; // owned
    int rows;                // N, rounded up to 16
} KeyCache;

KeyCache key_cache_new(const Config *c); // zeroed if there is not enough memory
void key_cache_free(KeyCache *k);
void key_cache_copy(KeyCache *to, const KeyCache *from, const Config *c);

// Stores k (already rotated) and v, (n, d), as rows [row, row + n).
void key_cache_write(Pool *p, KeyCache *to, const real *k, const real *v, int row,
                     int n, const Config *c);
// Reads the first n rows as float: (n, d).
void key_cache_read(Pool *p, real *k, real *v, const KeyCache *from, int n,
                    const Config *c);

// A latent's query and the rows of a cache that it attends to: the first `rows`.
//                                                                   q, o: (d)
typedef struct AttentionStep {
    real *o;
    const real *q;
    const KeyCache *cache;
    int rows;
} AttentionStep;

void attention_steps(Pool *p, const AttentionStep *steps, int count, const Config *c);

#endif
