// Recall (recall.h) for generation, for the latents of one timeline. Recall searches
// only the tokens, so the state is only the entries among them (recall_index.h: 20
// bytes each) and the last output, which stays valid for most tokens because they are
// not entries. A latent sees only the newest M inputs.
#ifndef MODEL_GENERATE_RECALL_STEP_H
#define MODEL_GENERATE_RECALL_STEP_H

#include "model/generate/weights.h"

typedef struct RecallStep RecallStep;

// For a model with recall; the weights are borrowed. Returns NULL if there is not
// enough memory. Freeing accepts NULL.
RecallStep *recall_step_new(const Weights *w);
void recall_step_free(RecallStep *s);

// Sets the timeline's tokens, of which the first `common` are unchanged.
void recall_step_sync(RecallStep *s, const Token *tokens, int count, int common);

// Y = the recall of the n latents from position `from` on, at most N; `tokens` is the
// timeline. What is read is multiplied by `closeness`, while the features F are not: 1
// is as trained, 0 reads nothing.                              y, room: (n, d).
void recall_step(RecallStep *s, Pool *p, real *y, real *room, real closeness,
                 const Token *tokens, int from, int n);

// The recall weights of the newest latent: ret[k], for the `keys` newest inputs, is the
// mean over the heads of the weight of the entry at input k, or 0 if that is no entry.
// The sum is 1 less the weight of the sink, which reads nothing. Returns false if there
// is not enough memory.                       ret: (keys)
bool recall_step_weights(RecallStep *s, real *ret, const Token *tokens, int count,
                         int keys);

#endif
