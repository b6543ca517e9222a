// The running average of a model's weights over its last steps, which validates better
// than the weights themselves while the learning rate is high:
//
//     a += (1 - f) (w - a),    f = min(factor, (1 + step) / (10 + step))
//
// so that it remembers about 1 / (1 - factor) steps, and fewer at the beginning, lest
// the random weights that a run begins with stay in it.
#ifndef MODEL_TRAIN_AVERAGE_H
#define MODEL_TRAIN_AVERAGE_H

#include "model/kernels/pool.h"
#include "model/real.h"

#include <stddef.h>
#include <stdint.h>

// a and w: `count` numbers. `step` updates have been made.
void average_update(Pool *p, real *a, const real *w, size_t count, double factor,
                    int64_t step);

#endif
