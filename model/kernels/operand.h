// One side of a matrix product, made ready for the kernels once and used many times.
//
//     C (m, n) = scale op(A) op(B)      op(A): (m, k)  op(B): (k, n)
//
// An operand is k-contiguous if k runs along its rows (A as it is, B transposed), and
// k-strided if k runs down its columns. In mixed precision it is rounded to bf16 and
// packed in the kernels' reading order (bf16.h); otherwise it is no more than a view,
// and products are gemm.h's. So attention and the linear layers are written once for
// both.
//
// Packing may be shared between threads by parts; multiplying is one thread's.
#ifndef MODEL_KERNELS_OPERAND_H
#define MODEL_KERNELS_OPERAND_H

#include "model/kernels/gemm.h"

#include <stdbool.h>

typedef struct Operand {
    View x;
    real scale;     // of the product, taken in here
    bool right;     // B; otherwise A
    bool k_strided; // k runs down the columns of x
    bool panels;    // how it is packed: in panels, not rows
    int width, k;   // width: m or n
    uint32_t *bf16; // packed; borrowed; NULL: not
    int stride;     // of the packed: pairs from one row, or panel, to the next
} Operand;

// How many uint32_t packing takes at most, whichever the side and order; a multiple of
// 16.
size_t operand_room(int width, int k);

// Describes a side of a product. `room` NULL means not to pack.
Operand operand_left(View x, bool k_strided, int m, int k, real scale, uint32_t *room);
Operand operand_right(View x, bool k_strided, int n, int k, real scale, uint32_t *room);

// Memory that operands are packed in one after the other; NULL: they are not packed. A
// copy of it may be filled and forgotten.
typedef uint32_t *OperandRoom;

// The same, packed by the calling thread into `room`, which moves on by operand_room().
Operand operand_left_in(OperandRoom *room, View x, bool k_strided, int m, int k,
                        real scale);
Operand operand_right_in(OperandRoom *room, View x, bool k_strided, int n, int k,
                         real scale);

// B's packing as the left side: Bt, for products of a matrix with itself.
Operand operand_as_left(Operand right);

// The right side of a symmetric matrix (n, n), packed as those above. Of x only what
// stands in the panels of 48 on and above the diagonal is given: x[i][j] with
// j / 48 >= i / 48. Where there is no packing the rest is filled in.
Operand operand_symmetric_in(OperandRoom *room, View x, int n);

// Rows of x that a part takes of a k-strided operand: read whole, one after the other,
// while their panels are written a few kilobytes at a time.
enum { OPERAND_ROWS = 64 };

// Packs parts [begin, end) of operand_parts(), which is 0 if there is nothing to do.
int operand_parts(const Operand *o);
void operand_pack(const Operand *o, int begin, int end);

// Packs a part of both of two left sides of the same numbers, one k-contiguous and one
// k-strided, reading them once. Part i is of the latter's parts; sums (parts, its
// width) gets what they add up to over the rows of each.
void operand_pack_both(const Operand *k_contiguous, const Operand *k_strided,
                       real *sums, int part);

// The part from row or column `at` and from number `from` of k on. When packed `from`
// must be even, and `at` a multiple of 48 where it lies in panels: on the right, and
// where it is k-strided.
Operand operand_from(Operand o, int at, int from);

// C = start + A B, over the first m rows, n columns and k of what is given; see
// FROM_ZERO. When packed an odd k must be the operands' own.
void operand_multiply(View C, View start, Operand a, Operand b, int m, int n, int k);

#endif
