// How likely a MIDI file is under a model: what `par-midi eval` measures, file by file.
#ifndef APP_EVALUATION_H
#define APP_EVALUATION_H

#include "midi/vocabulary.h"
#include "model/model.h"
#include "model/train/evaluate.h"

// Of one file, or summed over many.
typedef struct Score {
    Likelihood likelihood;
    int64_t notes;  // of the performance
    double seconds; // to its last release
} Score;
void score_add(Score *sum, const Score *s);

typedef struct EvaluationOptions {
    const char *model, *tokenizer; // files; the latter for models that name none
    int context, latents, stride;  // 0: as trained; the stride half the latents
    int threads;                   // 0: every core
} EvaluationOptions;

typedef struct Evaluation {
    Model model;
    Config config; // the model's, but for context and latents
    TokenizerKind kind;
    int stride;
    Pool *pool;     // owned
    Perceiver *net; // owned
} Evaluation;

bool evaluation_open(Evaluation *ret, const EvaluationOptions *o, GError **error);
void evaluation_close(Evaluation *e); // accepts a zeroed struct

// Fails, with the file's name, if there is nothing to measure in it.
bool evaluation_measure(const Evaluation *e, const char *path, Score *ret,
                        GError **error);

#endif
