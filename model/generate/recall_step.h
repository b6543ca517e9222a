// Recall as generation needs it, for the latents of one timeline; recall.h says what it
// is. Since all that it looks for is in the tokens, nothing is kept but the entries
// among them (recall_index.h: 20 bytes each), and what was said last: most tokens are
// no entries, and change nothing. A latent knows the newest M inputs alone.
#ifndef MODEL_GENERATE_RECALL_STEP_H
#define MODEL_GENERATE_RECALL_STEP_H

#include "model/generate/weights.h"

typedef struct RecallStep RecallStep;

// For a model that has it; the weights are borrowed. NULL if there is no memory for it.
// Freeing accepts NULL.
RecallStep *recall_step_new(const Weights *w);
void recall_step_free(RecallStep *s);

// The timeline is these tokens now, of which the first `common` are those of before.
void recall_step_sync(RecallStep *s, const Token *tokens, int count, int common);

// y = what is told to the n latents from place `from` on, N at most; `tokens` is the
// timeline. What is read counts by `closeness` beside the features F: 1 as trained, 0
// not at all.                                                  y, room: (n, d)
void recall_step(RecallStep *s, Pool *p, real *y, real *room, real closeness,
                 const Token *tokens, int from, int n);

// What the newest latent recalls: ret[k], of the `keys` newest inputs of the timeline,
// is the heads' mean of the weight of the entry that stands there, 0 for other tokens.
// They add up to 1 less the sink's, which reads nothing. False: there is no memory for
// a look.                                     ret: (keys)
bool recall_step_weights(RecallStep *s, real *ret, const Token *tokens, int count,
                         int keys);

#endif
