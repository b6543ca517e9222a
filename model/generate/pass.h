// The forward pass (block.h) of generation: latents of one timeline, or of several that
// step together, go through the stack as the rows of one chunk, so that the weights are
// read once for all of them. Here lie the room for a chunk and all that a model's
// timelines have in common; the timelines' own state is in their runs (run.h).
//
// One thread uses a pass at a time.
#ifndef MODEL_GENERATE_PASS_H
#define MODEL_GENERATE_PASS_H

#include "model/generate/recall_step.h"
#include "model/generate/run.h"

typedef struct Pass Pass;

// Both borrowed; pool may be NULL. NULL if there is no memory for it. Counted
// references.
Pass *pass_new(const Weights *w, Pool *pool);
Pass *pass_ref(Pass *p);
void pass_unref(Pass *p); // accepts NULL
const Weights *pass_weights(const Pass *p);

// The latents at [from, from + n) of a timeline: they lengthen the run `now`, whose
// next they are, and those at next->begin and beyond the run `next` as well.
typedef struct PassSpan {
    const Token *tokens; // the timeline
    int from, n;
    Run *now, *next;
    RecallStep *recall; // NULL if the model has none
    real closeness;     // of recall_step()
} PassSpan;

// How many rows it takes.
int pass_rows(const PassSpan *s);

// Whether spans of so many rows in all may go together: then each has the results that
// it has alone, to the bit, for rows are few enough for int8. With exact weights none
// may.
bool pass_together(const Pass *p, int rows);

// One span of N rows at most, or several that may go together.
void pass_run(Pass *p, const PassSpan *spans, int count);

// Of the last pass: the logits, (V), that row `row` of its spans' n rows, one span's
// behind the other's, gives.
void pass_logits(Pass *p, real *ret, int row);

// session_attention() of this timeline.
bool pass_attention(Pass *p, real *ret, const Token *tokens, int count, int keys);

#endif
