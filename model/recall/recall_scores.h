// The scores of recall.h: sums over the lags that agree, of which candidate m of state
// c has a bit each,
//
//     b_cm = bits of [d_{c-a} = d_{m-a}], a = 1 .. 24,
//            and of  [p_{c-a} = p_{m-a}], a = 1 .. 4
//     s_cm = the sum over i of sums[i][byte i of b_cm]
//
// where `sums` has every sum of eight lags, made once: four lookups for 28 additions,
// and one set of bits for all heads. Backwards a lookup is an addition to the table,
// whose gradient is the lags'. Heads lie side by side in groups of four; in the last
// group some may be for nothing.
//
// Of a state's n candidates the first, the oldest entry in reach, has no step and is
// none: its place is the sink's.
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

// n: entries in reach, the first of which is the sink's place; 1 at least.
static inline int recall_candidates(RecallState at) {
    return MAX(1, at.seen - at.first);
}

//                                                sums: (groups, BYTES, ALIKE, GROUP)
void recall_sums(real *sums, const Recall *w, const Config *c);

void recall_match(uint32_t *bits, const RecallIndex *x, RecallState at); // bits: (n)

// In: s[0], the sink's. Out: all scores, and the greatest of each head.   s: (n, GROUP)
void recall_score(real *s, real *top, const uint32_t *bits, const real *sums, int n);
// s = exp(s - less)                                                    less: (GROUP)
void recall_exp(real *s, const real *less, int n);

// ds = A (dA - A.dA). Adds to dsums, and the sink's to dsink.           dsink: (GROUP)
void recall_score_backward(real *dsums, real *dsink, const real *A, const real *dA,
                           const uint32_t *bits, int n);
// Writes the lags' gradients of one head of the group.             dlags: (RECALL_LAGS)
void recall_sums_backward(real *dlags, const real *dsums, int head);

#endif
