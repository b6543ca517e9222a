// Whether a model knows again what was played minutes ago: of the notes whose last
// eight predecessors stood before in the piece (midi/analysis/recurrence.h), how often
// the note that followed then is the one played, and how likely the model finds the one
// played.
#ifndef APP_EVALUATION_RECALL_SCORE_H
#define APP_EVALUATION_RECALL_SCORE_H

#include "app/evaluation/evaluation.h"

enum { RECALL_SCORE_LAGS = 12 };
#define RECALL_SCORE_FIRST 256 // tokens; up to there is the first bin of lags

typedef struct RecallBin {
    int notes, right;
    double likely; // sum over the notes of p(the pitch played), among pitches
} RecallBin;

// Of notes that recur at the same pitch, or at any.
typedef struct RecallSide {
    RecallBin near;   // within the latents
    RecallBin far;    // beyond them, within the context
    RecallBin beyond; // where the model cannot know of it
    // By lag: bin i up to RECALL_SCORE_FIRST * 2^i tokens; the last takes what is
    // beyond.
    RecallBin lags[RECALL_SCORE_LAGS];
} RecallSide;

typedef struct RecallScore {
    const Evaluation *e; // borrowed; its first context counts
    RecallSide same, any;
    int files, skipped;
} RecallScore;

// Adds a file's. Fails, with the file's name, if there is nothing to measure in it. `r`
// hears how much of the file is done.
bool recall_score_add(RecallScore *sum, const char *path, EvaluateReport r,
                      GError **error);

void recall_score_print(const RecallScore *s, const GPtrArray *folders);
void recall_score_print_json(const RecallScore *s, const GPtrArray *folders);

#endif
