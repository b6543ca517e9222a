// Predicts several windows at the same time. The loops of one window are short, so
// threads that share them spend part of their time waiting for each other. Here each
// window has its own threads, which wait for each other only once per window. Results
// do not depend on the number of threads.
#ifndef MODEL_TRAIN_PREDICTORS_H
#define MODEL_TRAIN_PREDICTORS_H

#include "model/perceiver.h"
#include "model/train/data/batch.h"

enum { PREDICTORS_MOST = 4 }; // at a time, since each needs memory

typedef struct Predictors Predictors;

// Creates predictors for windows of the context and latents of `c`. 0 threads means
// every core, and `mixed` is as in pool_set_mixed(). Returns NULL if there is not
// enough memory. Freeing accepts NULL.
Predictors *predictors_new(const Config *c, int threads, bool mixed);
void predictors_free(Predictors *p);
int predictors_count(const Predictors *p); // windows at a time

typedef struct Prediction {
    BatchWindow window;
    int first; // the first latent that is predicted
    // The results belong to the predictor and are valid until the next call:
    const real *logits; // (n - first, V)
    Perceiver *net;     // for perceiver_score()
} Prediction;
void predictors_run(Predictors *p, const Parameters *w, Prediction *windows, int count);

#endif
