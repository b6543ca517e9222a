// The attention of recall.h: for each state and head the weights A of its candidates,
// and the three histograms H into which they are summed. A is not stored. The backward
// pass recomputes it from its log-sum-exp, in less time than loading it from memory
// would take.
#ifndef MODEL_RECALL_RECALL_READ_H
#define MODEL_RECALL_RECALL_READ_H

#include "model/kernels/pool.h"
#include "model/recall/recall_scores.h"

// The number of rows of H: R for `next`, V for `after`, V for `before`.
static inline int recall_rows(const Config *c) {
    return config_recalled(c) + 2 * c->vocabulary;
}

// A search: its states, its scores and the index to search. All are borrowed.
typedef struct RecallSearch {
    const RecallIndex *index;
    const RecallState *states;
    int count;               // C, of states
    const real *sums, *sink; // recall_scores.h; (heads)
    const Config *config;
} RecallSearch;

// Computes H of each state, and the log-sum-exp of its scores.
//                                          read: (C, rows, heads)  lse: (C, heads)
void recall_read(Pool *p, real *read, real *lse, const RecallSearch *s);

// Writes A of the first state, averaged over heads, for the entries from its `first`
// on; to[0] is the sink's. The values add up to 1.                            to:
// (recall_candidates())
void recall_listen(real *to, const RecallSearch *s);

// Adds the gradients of lags and sink to dw.              dread: (C, rows, heads)
//                                          scratch: recall_scratch() numbers
void recall_read_backward(Pool *p, Recall *dw, real *scratch, const real *dread,
                          const real *lse, const RecallSearch *s);
size_t recall_scratch(int states, const Config *c);

#endif
