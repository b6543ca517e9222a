// The large matrix products of the linear layers, shared by the pool.
//
//     C (m, n) = start + op(A) op(B)    k is summed over; start: see FROM_ZERO in
//     gemm.h
//
// With pool_mixed() A and B are rounded to bf16 as they
// are packed and the sums are float; otherwise it is gemm.h's by pieces. Each number of
// C is one task's, summed in one order: the result does not depend on the threads.
#ifndef MODEL_KERNELS_PRODUCT_H
#define MODEL_KERNELS_PRODUCT_H

#include "model/kernels/operand.h"
#include "model/kernels/pool.h"

// clang-format off
typedef enum ProductKind {
    PRODUCT_NN, // A (m, k) B (k, n)
    PRODUCT_NT, // A (m, k) B (n, k), transposed
    PRODUCT_TN, // A (k, m), transposed, B (k, n)
} ProductKind;
// clang-format on

// Whether such a product is in bf16: mixed, and large enough to pay for packing.
bool product_packs(const Pool *p, int m, int n, int k);

// Packs a side, shared by the pool.
void product_pack(Pool *p, Operand *o);

// The same of packed sides; their scale is taken in.
void product_packed(Pool *p, View C, View start, Operand a, Operand b, int m, int n,
                    int k);

void product(Pool *p, ProductKind kind, View C, View start, View A, View B, int m,
             int n, int k);

#endif
