// What stands between two products of attention: a block of scores (n, count) becomes
// the weights that the next products take, ready as operands. In mixed precision this
// is one pass that exponentiates, sums and packs in registers; otherwise the rows are
// changed in place and the operands are views of them.
//
// Row i sees the first `seen` + i columns of the block, at least none and at most all;
// the others' weights are 0. Scratch and results are the caller's, one thread's.
#ifndef MODEL_KERNELS_SOFTMAX_H
#define MODEL_KERNELS_SOFTMAX_H

#include "model/kernels/operand.h"

typedef struct Scores {
    int n, count, seen;
} Scores;

// One block of an online softmax (Milakov 2018): raises top (n) to the largest score so
// far, adds to sum (n) what it makes of this block, exp(s - top), and says in shrink
// (n) by how much what was summed before is too large. Returns exp(s - top),
// k-contiguous, on the left.
Operand softmax_forward(OperandRoom *room, Scores b, View s, real *top, real *sum,
                        real *shrink);

// The backward's p = exp(s - lse) and ds = p (dp - dot), given lse and dot (n).
typedef struct SoftmaxBack {
    Operand p_strided;      // (count, n): p transposed, on the left
    Operand ds, ds_strided; // (n, count) and transposed, on the left
} SoftmaxBack;
SoftmaxBack softmax_backward(OperandRoom *room, Scores b, View s, View dp,
                             const real *lse, const real *dot);

#endif
