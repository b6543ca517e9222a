// The likelihood of pieces under a model. Windows of up to M inputs and N latents move
// through a piece by `stride` tokens, and each token is counted in the first window
// that predicts it; so every token is predicted from a long context.
#ifndef MODEL_TRAIN_EVALUATE_H
#define MODEL_TRAIN_EVALUATE_H

#include "model/generate/session.h"
#include "model/perceiver.h"
#include "model/train/data/corpus.h"
#include "model/train/predictors.h"

typedef struct Likelihood {
    double nats;    // -log p, summed
    int64_t tokens; // the predicted tokens: all but SOS
} Likelihood;

// Called several times a second with how much of a piece is done, 0-1. The function may
// be NULL.
typedef struct EvaluateReport {
    void (*report)(void *data, double done);
    void *data;
} EvaluateReport;

// Adds the likelihood of a piece (SOS ... EOS) to `sum`. `stride` is 1 .. N, or 0 for
// N/2. The predictors have room for windows of M inputs and N latents as given by `c`;
// both may be smaller than those the model was trained with.
void evaluate_piece(Likelihood *sum, Predictors *p, const Parameters *w,
                    const Config *c, const Token *tokens, int count, int stride,
                    EvaluateReport r);

// Goes through a piece in the same way and calls visit(data, place, logits) once for
// each token but SOS, in order, with the V logits that predict it.
typedef void (*EvaluateVisit)(void *data, int place, const real *logits);
void evaluate_each(Predictors *p, const Parameters *w, const Config *c,
                   const Token *tokens, int count, int stride, EvaluateVisit visit,
                   void *data, EvaluateReport r);

// Adds the likelihood of `windows` windows, spread evenly over the validation split and
// the same every time. Only the second half of the latents of each window counts.
// Returns early when *stop is set.
void evaluate_windows(Likelihood *sum, Perceiver *net, const Parameters *w,
                      const Config *c, const Corpus *corpus, int windows,
                      const volatile int *stop);

// Adds the likelihood of a piece, computed token by token as in generation.
void evaluate_steps(Likelihood *sum, Session *s, const Token *tokens, int count,
                    EvaluateReport r);

#endif
