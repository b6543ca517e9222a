// Revives silent hidden units of the MLPs. A unit max(0, w x + b)^2 that is zero at
// every position has no gradient, so it stays zero, and its weights only decay. In long
// runs this has happened to whole layers (TRAINING.md).
#ifndef MODEL_TRAIN_WAKE_H
#define MODEL_TRAIN_WAKE_H

#include "model/parameters.h"

// Finds the units without a gradient in `grad`, the gradient over some windows. Each of
// them receives new random input weights, a zero bias and zero output weights, so that
// the model's output does not change. A gradient below a thousandth of the median over
// all units counts as none. Layers beyond those of `c` are left alone: a layer that was
// added has no gradient yet (parameters_take()). Returns the number of units.
int wake_silent(Parameters *w, const Parameters *grad, const Config *c, Rng *rng);

#endif
