// Self-attention of one latent over the keys and values that a run keeps: layers.h's
// attention with n = 1.
#ifndef MODEL_GENERATE_ATTENTION_STEP_H
#define MODEL_GENERATE_ATTENTION_STEP_H

#include "model/generate/key_cache.h"

// A latent's query and the rows of a layer of a cache that it attends to: the first
// `rows`.                                                           q, o: (d)
typedef struct AttentionStep {
    real *o;
    const real *q;
    const KeyCache *cache;
    int rows;
} AttentionStep;

void attention_steps(Pool *p, const AttentionStep *steps, int count, int layer,
                     const Config *c);

#endif
