// A place in a pianist's performance that a model can continue instead: the prompt, and
// for comparison what the pianist played.
//
//    [ prompt | the pianist went on ]            [ elsewhere ]
//             cut                                  as long, somewhere else in the piece
//
// The pianist's music is rounded to the times and velocities that tokens can express,
// as the model's music is.
#ifndef APP_EVALUATION_MUSIC_EVAL_SPAN_H
#define APP_EVALUATION_MUSIC_EVAL_SPAN_H

#include "app/generation/prompt.h"
#include "model/rng.h"

typedef struct EvalSpanOptions {
    TokenizerKind kind;
    int64_t prompt, length; // microseconds; the first is a limit
    double place;           // of the cut, 0-1
} EvalSpanOptions;

typedef struct EvalSpan {
    Prompt prompt;         // owned
    Performance before;    // owned; the prompt at the tokens' times, from 0 on
    int64_t before_length; // microseconds from its time 0 to the cut
    Performance pianist;   // owned; `length` after the cut, which is time 0
    Performance elsewhere; // owned; it begins at time 0 too
    bool has_elsewhere;    // false if the piece is too short for it
    int64_t cut;           // in the piece, microseconds
} EvalSpan;

// Returns the place of the cut for the piece that comes after `pieces` others.
// Successive places fill the unit interval evenly, beginning at `begin`.
double eval_span_place(double begin, int pieces);

// Returns the time of the cut at that place: place 0 is the earliest cut after a prompt
// of this length, place 1 is `latest`.
int64_t eval_span_cut(double place, int64_t prompt, int64_t latest);

// Reads a span from a file; `rng` chooses the span elsewhere in the piece. Fails, with
// the file's name and without touching `ret`, if the file cannot be read or is too
// short for `length`.
bool eval_span_read(EvalSpan *ret, const char *path, const EvalSpanOptions *o, Rng *rng,
                    GError **error);
void eval_span_clear(EvalSpan *e); // accepts a zeroed struct

#endif
