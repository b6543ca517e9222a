// How likely a file of music or of ids is under a model: what `par-midi eval` measures,
// file by file, for one or several contexts.
//
// With a context of C, a token's probability depends on no more than the C tokens
// before it. Every token but SOS is scored; of a file of ids (encoding.h), every id is
// scored, but not the end token. The windows move by the same stride for every context,
// so that the figures can be compared: a token sees between C - stride + 1 and C
// inputs, or all there are. The number of latents is the model's, or C if that is less.
#ifndef APP_EVALUATION_LIKELIHOOD_EVALUATION_H
#define APP_EVALUATION_LIKELIHOOD_EVALUATION_H

#include "app/data/encoding.h"
#include "model/files/model.h"
#include "model/generate/session.h"
#include "model/train/evaluate.h"

#define EVALUATION_CONTEXTS 32

// The score of one file, or the sum over many.
typedef struct Score {
    Likelihood likelihood;
    int64_t notes;  // notes of the performance; 0 for ids
    double seconds; // up to the last release; 0 for ids
} Score;
void score_add(Score *sum, const Score *s);

typedef struct EvaluationOptions {
    const char *model, *tokenizer; // the latter for models that name none
    bool ids;                      // the model and the files hold ids instead of music
    int contexts[EVALUATION_CONTEXTS]; // 0: as trained
    int context_count;                 // 1 or more
    int latents, stride; // if 0: as trained, and half of the fewest latents
    int threads;         // 0: every core
    bool stepwise, int8; // token by token in a session (session.h), with int8 weights
    bool only_float;     // compute windows in float even if the CPU has bf16
} EvaluationOptions;

typedef struct Evaluation {
    Model model;
    Config configs[EVALUATION_CONTEXTS]; // the model's with other contexts and latents
    int context_count;
    Encoding encoding;
    int stride;
    Predictors *predictors; // owned; NULL if stepwise owned; NULL unless stepwise
    Pool *pool;             // owned; stepwise
    Weights *weights;       // owned; stepwise
} Evaluation;

bool evaluation_open(Evaluation *ret, const EvaluationOptions *o, GError **error);
void evaluation_close(Evaluation *e); // accepts a zeroed struct

// Writes one score for each context. Fails, with the file's name, if there is nothing
// to measure in it. `r` is told how much of the file is done.
bool evaluation_measure(const Evaluation *e, const char *path,
                        Score ret[EVALUATION_CONTEXTS], EvaluateReport r,
                        GError **error);

#endif
