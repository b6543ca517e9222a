// The optimizer, and the norm of the gradient, over flat arrays. It is either AdamW for
// everything (Kingma 2015, Loshchilov 2019), as in the paper; or Muon (muon.h) for the
// matrices inside the network, those of queries and keys head by head, with AdamW for
// the rest: vectors, the embedding, the head, recall's tables, gates and values.
#ifndef MODEL_TRAIN_OPTIMIZER_OPTIMIZER_H
#define MODEL_TRAIN_OPTIMIZER_OPTIMIZER_H

#include "model/kernels/pool.h"
#include "model/parameters.h"

typedef struct Optimizer {
    bool muon;
    double beta1, beta2, eps, decay; // AdamW's are 0.9, an option, and 1e-8; the decay,
                                     // an option, is for both
    double reading; // the factor of the rate for recall's tables of what is read;
                    // usually 1
    int64_t step;   // updates made
    real *m, *v;    // owned; the moments, one for each parameter; Muon does not use v
    size_t count;
} Optimizer;

// Prepares for models of this shape. Returns false if there is not enough memory.
bool optimizer_init(Optimizer *o, const Config *c, bool muon, double beta2,
                    double decay);
void optimizer_free(Optimizer *o); // accepts a zeroed struct, and what init left

// Returns the bytes that optimizer_init() allocates.
size_t optimizer_memory(const Config *c);

// Updates all parameters by `grad`, which is first multiplied by `scale` (clipping).
// AdamW:
//     m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2
//     w -= rate (m / (1-b1^t) / (sqrt(v / (1-b2^t)) + eps) + decay w)
// Vectors (biases and norms), recall's tables, gates and values do not decay unless
// `decay_all`.
void optimizer_update(Optimizer *o, Pool *p, const Config *c, Parameters *w,
                      const real *grad, double rate, double scale, bool decay_all);

// Returns the L2 norm of the gradient, summed in a fixed order.
double gradient_norm(Pool *p, const real *grad, size_t count);

#endif
