// Likelihood of pieces under a model, in strides, so that every token has long context:
// windows of up to M inputs and N latents move on by `stride` tokens, and only what was
// not counted yet is counted.
#ifndef MODEL_TRAIN_EVALUATE_H
#define MODEL_TRAIN_EVALUATE_H

#include "model/generate/session.h"
#include "model/perceiver.h"
#include "model/train/corpus.h"

typedef struct Likelihood {
    double nats;    // -log p, summed
    int64_t tokens; // predicted: all but SOS
} Likelihood;

// Hears how much of a piece is done, 0-1, several times a second. Its function may be
// NULL.
typedef struct EvaluateReport {
    void (*report)(void *data, double done);
    void *data;
} EvaluateReport;

// Adds the piece's (SOS ... EOS) to `sum`. `stride`: 1 .. N; 0 takes N/2. The workspace
// is for windows of M inputs and N latents of `c`, whose context and latents may be
// less than the model was trained with.
void evaluate_piece(Likelihood *sum, Perceiver *net, const Parameters *w,
                    const Config *c, const Token *tokens, int count, int stride,
                    EvaluateReport r);

// The same way through a piece: visit(data, place, logits) for each token but SOS, once
// and in order, with the logits (V) from which it was to be foretold.
typedef void (*EvaluateVisit)(void *data, int place, const real *logits);
void evaluate_each(Perceiver *net, const Parameters *w, const Config *c,
                   const Token *tokens, int count, int stride, EvaluateVisit visit,
                   void *data, EvaluateReport r);

// `windows` of the corpus' validation split, the same every time, spread evenly over
// it; the second half of each one's latents counts. A stop cuts it short.
void evaluate_windows(Likelihood *sum, Perceiver *net, const Parameters *w,
                      const Config *c, const Corpus *corpus, int windows,
                      const volatile int *stop);

// A piece token by token, as generation computes it.
void evaluate_steps(Likelihood *sum, Session *s, int vocabulary, const Token *tokens,
                    int count, EvaluateReport r);

#endif
