// How likely a file of music or of ids is under a model: what `par-midi eval` measures,
// file by file, for one or several contexts.
//
// With a context of C, a token's probability depends on no more than the C tokens
// before it. Every token but SOS is scored; of ids (encoding.h) every id, but not the
// end. The windows move on by the same stride for every context, so that figures can be
// compared: a token sees from C - stride + 1 to C inputs, or all there are. There are
// as many latents as the model has, or C if that is less.
#ifndef APP_EVALUATION_EVALUATION_H
#define APP_EVALUATION_EVALUATION_H

#include "app/data/encoding.h"
#include "model/files/model.h"
#include "model/generate/session.h"
#include "model/train/evaluate.h"

#define EVALUATION_CONTEXTS 32

// The score of one file, or the sum over many.
typedef struct Score {
    Likelihood likelihood;
    int64_t notes;  // of the performance; 0 for ids
    double seconds; // to its last release
} Score;
void score_add(Score *sum, const Score *s);

typedef struct EvaluationOptions {
    const char *model, *tokenizer;     // files; the latter for models that name none
    bool ids;                          // the model and the files are of ids
    int contexts[EVALUATION_CONTEXTS]; // 0: as trained
    int context_count;                 // 1 or more
    int latents, stride;               // 0: as trained; half of the fewest latents
    int threads;                       // 0: every core
    bool stepwise, int8; // token by token through a session (model/generate/session.h),
                         // with such weights, instead of in windows
    bool only_float;     // windows are computed in float, even if the CPU has bf16
} EvaluationOptions;

typedef struct Evaluation {
    Model model;
    Config configs[EVALUATION_CONTEXTS]; // the model's, but for context and latents
    int context_count;                   // of them
    Encoding encoding;
    int stride;
    Predictors *predictors; // owned; in windows
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
