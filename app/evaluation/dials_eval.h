// Measures whether the dials (app/generation/dials.h) have the effect they promise.
// From places in pianists' performances it makes takes with each dial on either side of
// the middle, and without dials. It records the level that was asked for, the level
// that was reached, and what that costs in likelihood.
#ifndef APP_EVALUATION_DIALS_EVAL_H
#define APP_EVALUATION_DIALS_EVAL_H

#include "app/generation/continuation.h"

// The beginning of a take that is not measured, in steps.
#define DIALS_EVAL_ARRIVES 500

// The positions of a dial, as shares of its largest: -1/2, 0, 1/2.
enum { DIALS_EVAL_STEPS = 3 };

// The numbers of one take: how far from the level before the cut, in the dial's unit.
typedef struct DialsSample {
    double asked; // limited to what is possible: no pedal is down more than 100 % of
                  // the time
    double came;
    double token_nats; // of the model without dials, per token drawn
} DialsSample;

typedef struct DialsEval {
    const Weights *weights; // borrowed, as all but what is said to be owned
    Pool *pool;
    const volatile int *stop;
    TokenizerKind kind;
    Plan plan;
    int64_t prompt; // at most so long, microseconds
    int pieces;
    GArray *samples[DIALS][DIALS_EVAL_STEPS]; // owned; of DialsSample
} DialsEval;

// Expects the fields above `pieces` filled in. Clearing leaves what is borrowed.
void dials_eval_init(DialsEval *eval);
void dials_eval_clear(DialsEval *eval);

// As music_eval_piece() does.
bool dials_eval_piece(DialsEval *eval, const char *path, GError **error);

void dials_eval_print(const DialsEval *eval, const GPtrArray *folders);
void dials_eval_print_json(const DialsEval *eval, const GPtrArray *folders);

#endif
