// Measures how much better the likeliest of several takes is
// (app/generation/choice/choice.h) than a single one, at places in pianists'
// performances:
//
//   bridges   A span of 5 or 10 seconds is replaced. The number is how likely the model
//             then finds what the pianist played after the span. It is compared with
//             the mean of all takes, with what the pianist played in the span, and with
//             silence; for all tokens, for the pitches alone, and for the first
//             seconds.
//   endings   A take is to end 20 seconds after the cut. The numbers are how near to
//             that moment it ends, and how likely the model finds the end. They are
//             compared with one take by itself, with a take that is closed at that
//             moment, and with the pianist's own end of the piece.
#ifndef APP_EVALUATION_MUSIC_CHOICE_EVAL_H
#define APP_EVALUATION_MUSIC_CHOICE_EVAL_H

#include "app/generation/choice/choice.h"

// What is in the span of a bridge, which part of the following music is scored, and the
// length of the span.
enum { CHOICE_BEST, CHOICE_ANY, CHOICE_PIANIST, CHOICE_SILENCE, CHOICE_SPANS };
enum { CHOICE_NATS, CHOICE_PITCHES, CHOICE_SOON, CHOICE_SCORES }; // BridgeScore's
enum { CHOICE_SHORT, CHOICE_LONG, CHOICE_LENGTHS };               // 5 and 10 seconds

// Every piece has all numbers of bridges, or all of endings. Nats are -log p.
typedef enum ChoiceNumber {
    // For each length, score and content of the span, the nats per note of what
    // follows. CHOICE_ANY is the mean over all takes.
    CHOICE_BRIDGES = 0,
    CHOICE_TIMES = CHOICE_LENGTHS * CHOICE_SCORES * CHOICE_SPANS,
    // For each length, seconds of computing for one take and for all.
    CHOICE_END_BEST = CHOICE_TIMES + CHOICE_LENGTHS * 2, // nats of the end
    CHOICE_END_ONE,
    CHOICE_END_CLOSED,
    CHOICE_END_PIANIST,
    CHOICE_END_DISTANCE, // seconds from the moment that was asked for
    CHOICE_END_RESTED,   // 1: the best take ended by itself
    CHOICE_NUMBERS,
} ChoiceNumber;

typedef struct ChoiceEval {
    const Weights *weights; // borrowed, as every pointer that is not marked as owned
    Pool *pool;
    const volatile int *stop;
    TokenizerKind kind;
    Plan plan;    // its length is ignored, since the span or the ending sets it
    bool endings; // measure endings; false: bridges
    int takes;
    int64_t prompt; // its greatest length, microseconds
    int pieces;
    GArray *numbers[CHOICE_NUMBERS]; // owned; each an array of double
} ChoiceEval;

// Initializes the arrays; the fields above `pieces` must be set. Clearing does not free
// what is borrowed.
void choice_eval_init(ChoiceEval *eval);
void choice_eval_clear(ChoiceEval *eval);

// Measures one piece, as music_eval_piece() does.
bool choice_eval_piece(ChoiceEval *eval, const char *path, GError **error);

void choice_eval_print(const ChoiceEval *eval, const GPtrArray *folders);
void choice_eval_print_json(const ChoiceEval *eval, const GPtrArray *folders);

#endif
