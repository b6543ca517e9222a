// The cross-attention's inner loop in mixed precision: for a stretch of keys and 64
// queries, everything from the products of their rotated halves to the histograms over
// the kinds is done in registers. See cross_attention.h. To be called only if
// pool_mixed() is true.
#ifndef MODEL_LAYERS_CROSS_GATHER_H
#define MODEL_LAYERS_CROSS_GATHER_H

#include "model/config.h"
#include "model/kernels/operand.h"

enum { CROSS_QUERIES = 64 };

// A row of a table has a number for each of 64 queries; lanes beyond the last query
// hold finite numbers.
typedef struct CrossStretch {
    Operand keys;         // (count, r), on the left, k-contiguous, scaled
    Operand queries;      // (r, 64), on the right, k-contiguous
    const Token *tokens;  // (count)
    int count, biased, r; // the first `biased` keys have the inputs' bias
    // Key k is seen by queries [k + from, k + to) of the block.
    int from, to;
    // (V, 64): the plain halves of the scores for each kind, with and without the bias
    const real *lookup_biased, *lookup;
} CrossStretch;

// Adds exp(s - top) to the histogram (V, 64). top (64) is -1e30 at first. It is raised
// if scores exceed it by too much, and then the histogram is rescaled.
void cross_gather(const CrossStretch *c, real *top, real *histogram, int V);

// Given lse and dot (64) and dp by kind (V, 64): adds p = exp(s - lse) and ds = p (dp -
// dot) scale to two histograms. Writes ds into the memory of two left operands, (count,
// 64) k-contiguous and (64, count) k-strided, whose count is rounded up by CROSS_WHOLE.
#define CROSS_WHOLE(count) (((count) + 3) / 4 * 4)
void cross_gather_backward(const CrossStretch *c, const real *lse, const real *dot,
                           const real *dp, real scale, real *histogram,
                           real *dhistogram, const Operand *ds,
                           const Operand *ds_strided);

#endif
