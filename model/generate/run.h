// A run: the latents at `length` positions from `begin` on, and their keys (rotated by
// their place in the run) and values in each layer, which later latents attend to. They
// are stored in int8 (key_cache.h), or in float with exact weights.
#ifndef MODEL_GENERATE_RUN_H
#define MODEL_GENERATE_RUN_H

#include "model/generate/attention_step.h"
#include "model/generate/weights.h"

typedef struct Run {
    int begin, length;
    KeyCache cache; // owned; zeroed with exact weights
    real *k, *v;    // owned; (L, N, d) with exact weights, else NULL
} Run;

// The store is borrowed. Returns false if there is not enough memory. Freeing accepts
// that state and a zeroed struct.
bool run_init(Run *r, const Weights *w, KeyStore *store);
void run_free(Run *r);
// Makes `r` a copy of `from`, which must have the same weights.
void run_copy(Run *r, const Run *from, const Config *c);

// Rows [at, at + n) of a chunk extend the run: they are its positions from its
// length on.
typedef struct RunPart {
    Run *run;
    int at, n;
} RunPart;

// Up to so many latents of a part are computed one by one from the int8 cache.
enum { RUN_FEW = 8 };

// The self-attention of a chunk's latents in one layer. Each part first stores its keys
// and values in its run, then its latents attend to that run. Rotates q and k of `a`;
// writes a->o. More than two parts are allowed only if they have at most QLINEAR_FEW
// latents in all.
typedef struct RunAttend {
    Pool *pool;
    const Rotary *rotary;
    const Config *config;
    const RunPart *parts;
    int count; // number of parts
    int layer;
    real *wide_k, *wide_v; // (N, d): work space for a layer's whole run in float
} RunAttend;
void run_attend(const RunAttend *r, const BlockActs *a);

#endif
