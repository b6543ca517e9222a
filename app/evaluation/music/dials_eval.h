// Measures whether the dials (app/generation/dials.h) have the effect they promise.
// From places in pianists' performances it makes takes with each dial on either side of
// the middle, and without dials. It records the level that was asked for, the level
// that was reached, and the loss of likelihood under the model without dials.
//
// The freedom of pitches (the sampler's temperature of NOTE_ONs) has no level to reach:
// it changes how unlikely the pitches are, and time and loudness must stay as likely as
// they were.
#ifndef APP_EVALUATION_MUSIC_DIALS_EVAL_H
#define APP_EVALUATION_MUSIC_DIALS_EVAL_H

#include "app/generation/continuation.h"

// The first steps of a take are not measured: there the level is still changing.
#define DIALS_EVAL_ARRIVES 500

// The number of positions of a dial: -1/2, 0 and 1/2 of its largest.
enum { DIALS_EVAL_STEPS = 3 };

// The numbers of one take. Levels are differences from the level before the cut, in the
// dial's unit.
typedef struct DialsSample {
    double asked; // limited to what is possible: no pedal is down more than 100 % of
                  // the time
    double came;
    double token_nats; // under the model without dials, per drawn token
} DialsSample;

// How unlikely one take is to the model, in nats.
typedef struct FreedomSample {
    double freedom;
    double note_nats, other_nats; // per NOTE_ON, and per other token
} FreedomSample;

typedef struct DialsEval {
    const Weights *weights; // borrowed, as every pointer that is not marked as owned
    Pool *pool;
    const volatile int *stop;
    TokenizerKind kind;
    Plan plan;
    int64_t prompt; // its greatest length, microseconds
    int pieces;
    GArray *samples[DIALS][DIALS_EVAL_STEPS]; // owned; of DialsSample
    GArray *freedom[DIALS_EVAL_STEPS];        // owned; of FreedomSample
} DialsEval;

// Initializes the arrays; the fields above `pieces` must be set. Clearing does not free
// what is borrowed.
void dials_eval_init(DialsEval *eval);
void dials_eval_clear(DialsEval *eval);

// Measures one piece, as music_eval_piece() does.
bool dials_eval_piece(DialsEval *eval, const char *path, GError **error);

void dials_eval_print(const DialsEval *eval, const GPtrArray *folders);
void dials_eval_print_json(const DialsEval *eval, const GPtrArray *folders);

#endif
