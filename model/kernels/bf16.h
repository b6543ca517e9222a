// Matrix products in bf16 with float sums, by the AVX512-BF16 instructions where the
// CPU has them. These are single-threaded kernels over packed matrices; operand.h packs
// the matrices and calls the kernels.
//
// Two neighbours in k are stored together as one uint32_t, a "pair", since one
// vdpbf16ps multiplies and adds 16 pairs. The right matrix is read by cache lines from
// panels of 48 columns: [n/48][k/2][48]. The left matrix is read one pair at a time,
// from panels of 48 of its rows or from the rows themselves: [m][k/2]. The inner loop
// keeps a tile of 8 x 48 sums in 24 registers and reads nothing but these pairs. An odd
// k is padded with a zero.
#ifndef MODEL_KERNELS_BF16_H
#define MODEL_KERNELS_BF16_H

#include "model/kernels/gemm.h"

#include <stdbool.h>

enum {
    BF16_ROWS = 8,   // rows of a tile
    BF16_PANEL = 48, // columns of a tile and of a panel
};

bool bf16_here(void); // whether this CPU has them; if not, nothing below may be called

// Packs scale * x (rows, k), whose rows are `stride` numbers apart, into to
// [rows][k/2], whose rows are `room` pairs apart.
void bf16_pack_rows(uint32_t *to, int room, const real *x, int stride, int rows, int k,
                    real scale);
// Packs a panel: to [k/2][48] = scale * x (k, width); width <= 48.
void bf16_pack_panel(uint32_t *to, const real *x, int stride, int width, int k,
                     real scale);
// Packs a panel of x transposed: to [k/2][48] = scale * x (width, k).
void bf16_pack_turned(uint32_t *to, const real *x, int stride, int width, int k,
                      real scale);

// Packs both the rows of x (k, width) and its panel (the left side of a product with x
// transposed), and writes the sums of its columns into sums (width). k must be even
// except in the last part.
void bf16_pack_both(uint32_t *rows, int room, uint32_t *panel, real *sums,
                    const real *x, int stride, int width, int k);

// The left matrix. Its rows, or its panels, are `stride` pairs apart.
typedef struct Bf16Left {
    const uint32_t *at;
    bool panels;
    ptrdiff_t stride;
} Bf16Left;

// C (m, n) = start + A B, where start may be FROM_ZERO (gemm.h). The panels of B are
// `stride` pairs apart.
void bf16_multiply(MatrixView C, MatrixView start, Bf16Left a, const uint32_t *b,
                   ptrdiff_t stride, int m, int n, int pairs);

#endif
