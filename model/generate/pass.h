// The forward pass (block.h) of generation: the latents of one timeline, or of several
// that step together, go through the layers as the rows of one chunk, so that the
// weights are read only once. A Pass is the work space for a chunk, for one thread at a
// time; passes that were forked share what is constant for a model, and the store of
// the keys. The state of each timeline is in its runs (run.h).
#ifndef MODEL_GENERATE_PASS_H
#define MODEL_GENERATE_PASS_H

#include "model/generate/recall_step.h"
#include "model/generate/run.h"

typedef struct Pass Pass;

// Both are borrowed; pool may be NULL. Returns NULL if there is not enough memory.
// Passes may be freed in any order; freeing accepts NULL.
Pass *pass_new(const Weights *w, Pool *pool);
Pass *pass_fork(const Pass *p);
void pass_free(Pass *p);
const Weights *pass_weights(const Pass *p);
KeyStore *pass_keys(const Pass *p); // for the runs of its timelines
void pass_set_pool(Pass *p, Pool *pool);

// The latents at [from, from + n) of a timeline. They extend the run `now`; those from
// next->begin on extend the run `next` as well.
typedef struct PassSpan {
    const Token *tokens; // the timeline
    int from, n;
    Run *now, *next;
    RecallStep *recall; // NULL if the model has no recall
    real closeness;     // as for recall_step()
} PassSpan;

// Returns the number of rows of a span in a chunk.
int pass_rows(const PassSpan *s);

// Returns whether spans of so many rows in all may share a chunk. Then they are few
// enough for the int8 kernels, and each span gets bit for bit the same results as
// alone. With exact weights no spans may.
bool pass_together(const Pass *p, int rows);

// Runs one span of at most N rows, or several that may share a chunk. Their runs may be
// of other passes for the same weights.
void pass_run(Pass *p, const PassSpan *spans, int count);

// The logits, (V), of a row of the last pass, before chords and cap. `row` counts the n
// rows of each span, one span after the other.
void pass_logits(Pass *p, real *ret, int row);

// session_attention() of this timeline.
bool pass_attention(Pass *p, real *ret, const Token *tokens, int count, int keys);

#endif
