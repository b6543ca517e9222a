// Hidden units of the MLPs that have fallen silent. A unit max(0, w x + b)^2 that is
// zero at every position has no gradient, so it can never come back, and all that is
// left to its weights is decay. In long runs whole layers have ended so (TRAINING.md).
#ifndef MODEL_TRAIN_WAKE_H
#define MODEL_TRAIN_WAKE_H

#include "model/parameters.h"

// Gives each unit that `grad`, a gradient over some windows, leaves out new random
// weights into it, a bias of zero and weights of zero out of it, so that the model
// computes what it did before. A gradient below a thousandth of the median over all
// units counts as none. Returns how many there were.
int wake_silent(Parameters *w, const Parameters *grad, const Config *c, Rng *rng);

#endif
