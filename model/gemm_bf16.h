// Products in bf16 with float sums, by the AVX512-BF16 instructions where the CPU has
// them. Both matrices are rounded and packed in reading order once a call, by all
// threads:
//
//     A: panels of 8 rows      [m/8][k/2][8][2]      B: of 48 columns
//     [n/48][k/2][48][2]
//
// so that the inner loop, a tile of 8 x 48 sums in 24 registers, reads nothing but
// lines that follow one another. One vdpbf16ps multiplies and adds 32 pairs.
#ifndef MODEL_GEMM_BF16_H
#define MODEL_GEMM_BF16_H

#include "model/product.h"

// As product(). False, and C untouched: not on this CPU, or too small to pay.
bool gemm_bf16(Pool *p, ProductKind kind, View C, View A, View B, int m, int n, int k,
               bool add);
bool gemm_bf16_here(void); // whether this CPU can

#endif
