// The cross-attention's inner loop in mixed precision: a stretch of keys meets 64
// queries, from the products of their rotated halves to histograms over the kinds, all
// of it in registers. See cross_attention.h; only where pool_mixed() is.
#ifndef MODEL_CROSS_GATHER_H
#define MODEL_CROSS_GATHER_H

#include "model/config.h"
#include "model/kernels/operand.h"

enum { CROSS_QUERIES = 64 };

// A row of a table is of 64 queries; lanes beyond the last query hold finite numbers.
typedef struct CrossStretch {
    Operand keys;         // (count, r), on the left, k-contiguous, scaled
    Operand queries;      // (r, 64), on the right, k-contiguous
    const Token *tokens;  // (count)
    int count, biased, r; // the first so many have the inputs' bias
    // Key k is seen by queries [k + from, k + to) of the block.
    int from, to;
    // (V, 64): the scores' plain halves by kind, with the bias and without
    const real *lookup_biased, *lookup;
} CrossStretch;

// Adds exp(s - top) to the histogram (V, 64), of V rows. top (64), at first -1e30, is
// raised by scores that pass it by much, and the histogram with it.
void cross_gather(const CrossStretch *c, real *top, real *histogram, int V);

// Given lse and dot (64) and dp by kind (V, 64): adds p = exp(s - lse) and
// ds = p (dp - dot) scale to two histograms. Leaves ds in the memory of two operands on
// the left, (count, 64) k-contiguous and (64, count) k-strided, whose count is a whole
// one.
#define CROSS_WHOLE(count) (((count) + 3) / 4 * 4)
void cross_gather_backward(const CrossStretch *c, const real *lse, const real *dot,
                           const real *dp, real scale, real *histogram,
                           real *dhistogram, const Operand *ds,
                           const Operand *ds_strided);

#endif
