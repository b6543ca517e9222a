// The scores of recall.h are sums over the lags that agree. Candidate m of state c has
// a bit for each lag:
//
//     b_cm = bits of [d_{c-a} = d_{m-a}], a = 1 .. 24,
//            and of  [p_{c-a} = p_{m-a}], a = 1 .. 4
//     s_cm = the sum over i of sums[i][byte i of b_cm]
//
// The table `sums` holds all sums of subsets of eight lags and is computed once. So
// four lookups replace 28 additions, and one set of bits serves all heads. In the
// backward pass a lookup becomes an addition to the gradient of the table, from which
// that of the lags follows. Heads lie side by side in groups of four; the last group
// may be padded.
//
// The oldest of the n entries in reach has no step, so it is not a candidate; its slot
// is used for the sink.
#ifndef MODEL_RECALL_RECALL_SCORES_H
#define MODEL_RECALL_RECALL_SCORES_H

#include "model/recall/recall_index.h"

enum {
    RECALL_GROUP = 4, // heads side by side
    RECALL_BYTES = 4, // of a candidate's bits
    RECALL_ALIKE = 256,
    RECALL_SUMS = RECALL_BYTES * RECALL_ALIKE * RECALL_GROUP, // of a group
};

static inline int recall_groups(const Config *c) {
    return (c->recall_heads + RECALL_GROUP - 1) / RECALL_GROUP;
}

// Returns n, the number of entries in reach, at least 1. The slot of the first is the
// sink's.
static inline int recall_candidates(RecallState at) {
    return MAX(1, at.seen - at.first);
}

//                                                sums: (groups, BYTES, ALIKE, GROUP)
void recall_sums(real *sums, const Recall *w, const Config *c);

void recall_match(uint32_t *bits, const RecallIndex *x, RecallState at); // bits: (n)

// Given the sink's score in s[0], computes all scores, and the largest of each head. s:
// (n, GROUP)
void recall_score(real *s, real *top, const uint32_t *bits, const real *sums, int n);
// s = exp(s - less)                                                    less: (GROUP)
void recall_exp(real *s, const real *less, int n);

// ds = A (dA - A.dA), added to dsums, and for the sink to dsink. dsink: (GROUP)
void recall_score_backward(real *dsums, real *dsink, const real *A, const real *dA,
                           const uint32_t *bits, int n);
// Writes the gradients of the lags of one head of the group. dlags: (RECALL_LAGS)
void recall_sums_backward(real *dlags, const real *dsums, int head);

#endif
