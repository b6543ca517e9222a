// A place in a pianist's performance at which a model can go on instead: the prompt,
// and what the pianist did, for comparison.
//
//    [ prompt | the pianist went on ]            [ elsewhere ]
//             cut                                  as long, somewhere else in the piece
//
// What the pianist plays is put on the tokens' clock and its velocities into the
// tokens' grades, since a model's music has no finer ones.
#ifndef APP_EVALUATION_EVAL_SPAN_H
#define APP_EVALUATION_EVAL_SPAN_H

#include "app/generation/prompt.h"
#include "model/rng.h"

typedef struct EvalSpanOptions {
    TokenizerKind kind;
    int64_t prompt, length; // microseconds, at most and exactly
    double place;           // of the cut, 0-1
} EvalSpanOptions;

typedef struct EvalSpan {
    Prompt prompt;         // owned
    Performance before;    // owned; the prompt on the tokens' clock, from time 0 on
    int64_t before_length; // from its time 0 to the cut
    Performance pianist;   // owned; `length` from the cut on, the cut being time 0
    Performance elsewhere; // owned; from 0 on too
    bool has_elsewhere;    // or the piece is too short for it
    int64_t cut;           // in the piece, microseconds
} EvalSpan;

// The place for a piece that so many came before: they fill the unit interval evenly,
// beginning anywhere.
double eval_span_place(double begin, int pieces);

// The cut at that place: from as early as a prompt of this length allows to `latest`.
int64_t eval_span_cut(double place, int64_t prompt, int64_t latest);

// Fails, with the file's name, if it cannot be read or is hardly longer than `length`.
// The generator chooses what is elsewhere. `ret` is untouched then.
bool eval_span_read(EvalSpan *ret, const char *path, const EvalSpanOptions *o, Rng *rng,
                    GError **error);
void eval_span_clear(EvalSpan *e); // accepts a zeroed struct

#endif
