// What recall.h reads: for each state and head the weights A of its candidates, and
// where they add up to, the three histograms H. A is not kept: its log-sum-exp is, and
// backwards it is made again, in less time than memory would take.
#ifndef MODEL_RECALL_RECALL_READ_H
#define MODEL_RECALL_RECALL_READ_H

#include "model/kernels/pool.h"
#include "model/recall/recall_scores.h"

// Rows of H: the R ids, the V tokens behind, the V tokens before.
static inline int recall_rows(const Config *c) {
    return config_recalled(c) + 2 * c->vocabulary;
}

// What is looked for, by what scores, and where. All borrowed.
typedef struct RecallSearch {
    const RecallIndex *index;
    const RecallState *states;
    int count;               // C, of states
    const real *sums, *sink; // recall_scores.h; (heads)
    const Config *config;
} RecallSearch;

// H of each state, and the log-sum-exp of its scores.
//                                          read: (C, rows, heads)  lse: (C, heads)
void recall_read(Pool *p, real *read, real *lse, const RecallSearch *s);

// A of the first state, the heads' mean, of the entries from its `first` on; to[0] is
// the sink's. They add up to 1.                            to: (recall_candidates())
void recall_listen(real *to, const RecallSearch *s);

// Adds to dw's lags and sink.              dread: (C, rows, heads)
//                                          scratch: recall_scratch() numbers
void recall_read_backward(Pool *p, Recall *dw, real *scratch, const real *dread,
                          const real *lse, const RecallSearch *s);
size_t recall_scratch(int states, const Config *c);

#endif
