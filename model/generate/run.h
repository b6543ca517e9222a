// A run: the latents at `length` positions from `begin` on, and what they leave in each
// layer, which those to come attend to: keys, rotated by their place in the run, and
// values. In int8 (attention_step.h), or as they are with exact weights.
#ifndef MODEL_GENERATE_RUN_H
#define MODEL_GENERATE_RUN_H

#include "model/generate/attention_step.h"
#include "model/generate/weights.h"

typedef struct Run {
    int begin, length;
    KeyCache *cache; // owned; (L), NULL with exact weights
    real *k, *v;     // owned; (L, N, d) with exact weights, else NULL
} Run;

// False: there is no memory for it; freeing accepts what there is then, and a zeroed
// struct.
bool run_init(Run *r, const Weights *w);
void run_free(Run *r, int layers);
// Makes `r` the same as `from`, of the same weights.
void run_copy(Run *r, const Run *from, const Config *c);

// Rows [at, at + n) of a chunk are the run's from its length on.
typedef struct RunPart {
    Run *run;
    int at, n;
} RunPart;

enum { RUN_FEW = 8 }; // latents of a part up to which each reads the caches by itself

// What the latents of a chunk attend to in one layer: of each part those of its run,
// its own included, which it keeps there first. Rotates q and k of `a`; writes a->o. Of
// more than two parts only if their latents are QLINEAR_FEW at most.
typedef struct RunAttend {
    Pool *pool;
    const Rotary *rotary;
    const Config *config;
    const RunPart *parts;
    int count; // of parts
    int layer;
    real *wide_k, *wide_v; // (N, d): room for a layer's whole run, widened
} RunAttend;
void run_attend(const RunAttend *r, const BlockActs *a);

#endif
