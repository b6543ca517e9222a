// Measures whether a model recognizes what was played minutes ago. Of the notes whose
// eight predecessors occurred earlier in the piece (midi/analysis/recurrence.h), it
// counts how often the note that followed then follows now, and how likely the model
// finds the note played.
#ifndef APP_EVALUATION_LIKELIHOOD_RECALL_SCORE_H
#define APP_EVALUATION_LIKELIHOOD_RECALL_SCORE_H

#include "app/evaluation/likelihood/evaluation.h"

enum { RECALL_SCORE_LAGS = 12 };
#define RECALL_SCORE_FIRST 256 // tokens; the largest lag of the first bin

typedef struct RecallBin {
    int notes, right;
    double likely; // sum over the notes of p(the played pitch) among all pitches
} RecallBin;

// The counts for recurrences at the same pitch, or at any transposition.
typedef struct RecallSide {
    RecallBin near;   // within the latents
    RecallBin far;    // beyond them, within the context
    RecallBin beyond; // beyond the context, where the model cannot see them
    RecallBin near_alone, far_alone; // of near and far, those in no chord
    // By lag: bin i holds lags up to RECALL_SCORE_FIRST * 2^i tokens, the last bin all
    // larger ones too.
    RecallBin lags[RECALL_SCORE_LAGS];
} RecallSide;

typedef struct RecallScore {
    const Evaluation *e; // borrowed; only its first context is used
    RecallSide same, any;
    int files, skipped;
} RecallScore;

// Adds a file. Fails, with the file's name, if there is nothing to measure in it. `r`
// is told how much of the file is done.
bool recall_score_add(RecallScore *sum, const char *path, EvaluateReport r,
                      GError **error);

void recall_score_print(const RecallScore *s, const GPtrArray *folders);
void recall_score_print_json(const RecallScore *s, const GPtrArray *folders);

#endif
