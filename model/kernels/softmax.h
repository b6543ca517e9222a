// The softmax between the two products of attention: turns a block of scores (n, count)
// into weights, ready as operands of the next products. In mixed precision one pass
// exponentiates, sums and packs in registers. Otherwise the rows are changed in place,
// and the operands are views of them.
//
// Row i sees the first `seen` + i columns of the block, clamped to 0 .. count; the
// weights of the others are 0. The caller owns scratch and results. The functions run
// on one thread.
#ifndef MODEL_KERNELS_SOFTMAX_H
#define MODEL_KERNELS_SOFTMAX_H

#include "model/kernels/operand.h"

typedef struct Scores {
    int n, count, seen;
} Scores;

// One block of an online softmax (Milakov 2018): raises top (n) to the largest score so
// far, adds the exp(s - top) of this block to sum (n), and writes into shrink (n) the
// factor by which earlier sums must be multiplied. Returns exp(s - top) as a
// k-contiguous left side.
Operand softmax_forward(OperandRoom *room, Scores b, MatrixView s, real *top, real *sum,
                        real *shrink);

// The backward pass: p = exp(s - lse) and ds = p (dp - dot), given lse and dot (n).
typedef struct SoftmaxBack {
    Operand p_strided;      // (count, n): p transposed, on the left
    Operand ds, ds_strided; // (n, count) and transposed, on the left
} SoftmaxBack;
SoftmaxBack softmax_backward(OperandRoom *room, Scores b, MatrixView s, MatrixView dp,
                             const real *lse, const real *dot);

#endif
