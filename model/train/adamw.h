// AdamW (Kingma 2015, Loshchilov 2019) and the gradient's norm, over flat arrays.
#ifndef MODEL_TRAIN_ADAMW_H
#define MODEL_TRAIN_ADAMW_H

#include "model/parameters.h"
#include "model/pool.h"

typedef struct AdamW {
    double beta1, beta2, eps, decay; // 0.9, as asked, 1e-8, as asked
    int64_t step;                    // updates made
    real *m, *v;                     // owned; moments, as many as parameters
    size_t count;
} AdamW;

// False: there is no memory for it.
bool adamw_init(AdamW *a, size_t count, double beta2, double decay);
void adamw_free(AdamW *a); // accepts a zeroed struct, and what init left

// One update of all parameters by `grad`, times `scale` first (clipping):
//     m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2
//     w -= rate (m / (1-b1^t) / (sqrt(v / (1-b2^t)) + eps) + decay w)
// Vectors (biases and norms) do not decay unless `decay_all`.
void adamw_update(AdamW *a, Pool *p, const Config *c, Parameters *w, const real *grad,
                  double rate, double scale, bool decay_all);

// The L2 norm, summed in a fixed order.
double gradient_norm(Pool *p, const real *grad, size_t count);

#endif
