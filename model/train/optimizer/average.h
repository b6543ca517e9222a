// The running average of a model's weights over its last steps, which validates better
// than the weights themselves while the learning rate is high:
//
//     a += (1 - f) (w - a),    f = min(factor, (1 + step) / (10 + step))
//
// The average covers about the last 1 / (1 - factor) steps. At the start of a run it
// covers fewer, so that the random initial weights do not stay in it.
#ifndef MODEL_TRAIN_OPTIMIZER_AVERAGE_H
#define MODEL_TRAIN_OPTIMIZER_AVERAGE_H

#include "model/kernels/pool.h"
#include "model/real.h"

#include <stddef.h>
#include <stdint.h>

// Moves the average a towards the weights w, both of `count` numbers, after update
// number `step`.
void average_update(Pool *p, real *a, const real *w, size_t count, double factor,
                    int64_t step);

#endif
