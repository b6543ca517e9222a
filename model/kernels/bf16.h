// Products in bf16 with float sums, by the AVX512-BF16 instructions where the CPU has
// them; single-threaded kernels over packed matrices. What packs and shares them is
// operand.h.
//
// Two neighbours in k lie together as one uint32_t, a "pair", since one vdpbf16ps
// multiplies and adds 16 pairs. The right matrix is read by lines, from panels of 48
// columns: [n/48][k/2][48]; the left one a pair at a time, from such panels of its rows
// or from the rows themselves: [m][k/2]. The inner loop, a tile of 8 x 48 sums in 24
// registers, reads nothing but these. An odd k is filled up by a zero.
#ifndef MODEL_KERNELS_BF16_H
#define MODEL_KERNELS_BF16_H

#include "model/kernels/gemm.h"

#include <stdbool.h>

enum {
    BF16_ROWS = 8,   // of a tile
    BF16_PANEL = 48, // its columns
};

bool bf16_here(void); // whether this CPU can; if not, call none of what follows

// to [rows][k/2], `room` pairs from row to row = scale * x (rows, k) with `stride`.
void bf16_pack_rows(uint32_t *to, int room, const real *x, int stride, int rows, int k,
                    real scale);
// A panel: to [k/2][48] = scale * x (k, width); width <= 48.
void bf16_pack_panel(uint32_t *to, const real *x, int stride, int width, int k,
                     real scale);
// A panel of x transposed: to [k/2][48] = scale * x (width, k).
void bf16_pack_turned(uint32_t *to, const real *x, int stride, int width, int k,
                      real scale);

// Both of x (k, width): its rows, and the panel as the left side of a transposed one;
// and into sums (width) what stands in each column. k is even, or the last.
void bf16_pack_both(uint32_t *rows, int room, uint32_t *panel, real *sums,
                    const real *x, int stride, int width, int k);

// The left matrix: rows `stride` pairs apart, or panels so far apart.
typedef struct Bf16Left {
    const uint32_t *at;
    bool panels;
    ptrdiff_t stride;
} Bf16Left;

// C (m, n) = start + A B, see FROM_ZERO; panels of B are `stride` pairs apart.
void bf16_multiply(View C, View start, Bf16Left a, const uint32_t *b, ptrdiff_t stride,
                   int m, int n, int pairs);

#endif
