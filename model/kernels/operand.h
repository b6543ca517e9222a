// One side of a matrix product, prepared for the kernels once and used many times.
//
//     C (m, n) = scale op(A) op(B)      op(A): (m, k)  op(B): (k, n)
//
// An operand is k-contiguous if k runs along its rows (A as it is, or B transposed),
// and k-strided if k runs down its columns. In mixed precision it is rounded to bf16
// and packed in the order in which the kernels (bf16.h) read it. Otherwise it is only a
// view, and gemm.h computes the product. So attention and the linear layers are written
// once for both precisions.
//
// Several threads may pack parts of one operand; each multiplication runs on one
// thread.
#ifndef MODEL_KERNELS_OPERAND_H
#define MODEL_KERNELS_OPERAND_H

#include "model/kernels/gemm.h"

#include <stdbool.h>

typedef struct Operand {
    MatrixView x;
    real scale;     // of the product, applied when this side is packed
    bool right;     // this is B; otherwise A
    bool k_strided; // k runs down the columns of x
    bool panels;    // it is packed in panels instead of rows
    int width, k;   // the width is m or n
    uint32_t *bf16; // the packed numbers, borrowed; NULL: not packed
    int stride;     // pairs from one packed row or panel to the next
} Operand;

// Returns the number of uint32_t that packing takes at most, for any side and order. It
// is a multiple of 16.
size_t operand_room(int width, int k);

// Describes a side of a product. It is not packed if `room` is NULL.
Operand operand_left(MatrixView x, bool k_strided, int m, int k, real scale,
                     uint32_t *room);
Operand operand_right(MatrixView x, bool k_strided, int n, int k, real scale,
                      uint32_t *room);

// Memory in which operands are packed one after the other; NULL if they are not packed.
// To reuse the memory, fill from a copy of the pointer.
typedef uint32_t *OperandRoom;

// Describes a side and packs it, on the calling thread, into `room`, which advances by
// operand_room().
Operand operand_left_in(OperandRoom *room, MatrixView x, bool k_strided, int m, int k,
                        real scale);
Operand operand_right_in(OperandRoom *room, MatrixView x, bool k_strided, int n, int k,
                         real scale);

// Returns the packed right side B as the left side B transposed, for products of a
// matrix with itself.
Operand operand_as_left(Operand right);

// Packs a symmetric matrix x (n, n) as the right side. Only the panels of 48 columns on
// and above the diagonal need hold values: x[i][j] with j / 48 >= i / 48. Without
// packing, the rest of x is filled in.
Operand operand_symmetric_in(OperandRoom *room, MatrixView x, int n);

// The number of rows of x in one part of a k-strided operand. The rows are read as a
// whole, one after the other, while their panels are written a few kilobytes at a time.
enum { OPERAND_ROWS = 64 };

// Packs the parts [begin, end) of an operand. operand_parts() returns how many parts
// there are, 0 if nothing is to be packed.
int operand_parts(const Operand *o);
void operand_pack(const Operand *o, int begin, int end);

// Packs one part of two left sides of the same numbers, one k-contiguous and one
// k-strided, reading the numbers once. Parts are those of the k-strided one. sums
// (parts, its width) receives the sums over the rows of each part.
void operand_pack_both(const Operand *k_contiguous, const Operand *k_strided,
                       real *sums, int part);

// Returns the part of an operand from row or column `at` and from number `from` of k
// on. If it is packed, `from` must be even, and `at` must be a multiple of 48 where it
// lies in panels: on the right side, and where it is k-strided.
Operand operand_from(Operand o, int at, int from);

// C = start + A B, over the first m rows, n columns and k numbers of the operands.
// start may be FROM_ZERO (gemm.h). If they are packed, an odd k must be that of the
// operands.
void operand_multiply(MatrixView C, MatrixView start, Operand a, Operand b, int m,
                      int n, int k);

#endif
