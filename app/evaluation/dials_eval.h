// Whether the dials (app/generation/dials.h) do what they say: takes from places in
// pianists' performances, with each dial on either side of the middle and with none,
// what each asked for and what came, and what it costs in likelihood.
#ifndef APP_EVALUATION_DIALS_EVAL_H
#define APP_EVALUATION_DIALS_EVAL_H

#include "app/generation/continuation.h"

// Of a take's beginning, in steps: what came is measured behind it.
#define DIALS_EVAL_ARRIVES 500

// Where a dial stood, of what its kind goes to at most: -1/2, 0, 1/2.
enum { DIALS_EVAL_STEPS = 3 };

// One take: how far from the level before the cut, in the dial's measure.
typedef struct DialsSample {
    double asked; // as far as there is room: no pedal is down over 100 % of the time
    double came;
    double token_nats; // of the model as it is, for each token that it drew
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
