// Measures how much better the likeliest of several takes is (app/generation/choice.h)
// than a single one, at places in pianists' performances:
//
//   bridges   a span of 5 or 10 seconds is written anew; how likely the model then
//             finds what the pianist played behind it, beside one take by itself, what
//             the pianist played in the span, and silence
//   endings   a take comes to an end 20 seconds after the cut; how near to it, and how
//             likely the model finds the end, beside one take by itself, a take that is
//             closed at that moment, and the pianist's own end of the piece
#ifndef APP_EVALUATION_CHOICE_EVAL_H
#define APP_EVALUATION_CHOICE_EVAL_H

#include "app/generation/choice.h"

// Each piece has one of each of these numbers; nats are -log p.
typedef enum ChoiceNumber {
    CHOICE_SHORT_BEST, // of the span of 5 seconds: nats for each note of what follows
    CHOICE_SHORT_ONE,
    CHOICE_SHORT_PIANIST,
    CHOICE_SHORT_SILENCE,
    CHOICE_SHORT_ONE_TIME, // seconds of work for one take, and for all
    CHOICE_SHORT_ALL_TIME,
    CHOICE_LONG_BEST, // of 10 seconds
    CHOICE_LONG_ONE,
    CHOICE_LONG_PIANIST,
    CHOICE_LONG_SILENCE,
    CHOICE_LONG_ONE_TIME,
    CHOICE_LONG_ALL_TIME,
    CHOICE_END_BEST, // nats of the end
    CHOICE_END_ONE,
    CHOICE_END_CLOSED,
    CHOICE_END_PIANIST,
    CHOICE_END_DISTANCE, // seconds from the moment that was asked for
    CHOICE_END_RESTED,   // 1: the best came to rest by itself
    CHOICE_NUMBERS,
} ChoiceNumber;

typedef struct ChoiceEval {
    const Weights *weights; // borrowed, as all but what is said to be owned
    Pool *pool;
    const volatile int *stop;
    TokenizerKind kind;
    Plan plan;    // its length is ignored
    bool endings; // false: bridges
    int takes;
    int64_t prompt; // at most this long, microseconds
    int pieces;
    GArray *numbers[CHOICE_NUMBERS]; // owned; of double
} ChoiceEval;

// Initializes the rest; the fields above `pieces` must be set. Clearing does not free
// what is borrowed.
void choice_eval_init(ChoiceEval *eval);
void choice_eval_clear(ChoiceEval *eval);

// Measures one piece, as music_eval_piece() does.
bool choice_eval_piece(ChoiceEval *eval, const char *path, GError **error);

void choice_eval_print(const ChoiceEval *eval, const GPtrArray *folders);
void choice_eval_print_json(const ChoiceEval *eval, const GPtrArray *folders);

#endif
