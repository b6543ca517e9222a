// Several windows predicted at the same time. The loops of one window are short, so
// threads that share them spend a part of their time waiting for each other; here each
// window has its own threads, which meet once a window. Results do not depend on the
// number of threads.
#ifndef MODEL_TRAIN_PREDICTORS_H
#define MODEL_TRAIN_PREDICTORS_H

#include "model/perceiver.h"
#include "model/train/batch.h"

enum { PREDICTORS_MOST = 4 }; // windows at a time, because each needs its own memory

typedef struct Predictors Predictors;

// For windows of the context and latents of `c`; 0 threads takes every core, and
// `mixed` is as in pool_set_mixed(). Returns NULL if there is not enough memory.
// Freeing accepts NULL.
Predictors *predictors_new(const Config *c, int threads, bool mixed);
void predictors_free(Predictors *p);
int predictors_count(const Predictors *p); // windows at a time

typedef struct Prediction {
    Window window;
    int first; // the first latent that is predicted
    // Results, the predictor's until the next call:
    const real *logits; // (n - first, V)
    Perceiver *net;     // for perceiver_score()
} Prediction;
void predictors_run(Predictors *p, const Parameters *w, Prediction *windows, int count);

#endif
