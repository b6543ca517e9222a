// The large matrix products of the linear layers, shared by the pool.
//
//     C (m, n) = start + op(A) op(B)
//
// The sum runs over k; start may be FROM_ZERO (gemm.h). With pool_mixed() A and B are
// rounded to bf16 as they are packed, and the sums are float; otherwise gemm.h computes
// the pieces. Each number of C is computed by one task, in one order of summation, so
// the result does not depend on the number of threads.
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

// Returns whether such a product is computed in bf16: if the pool is mixed and the
// product is so large that packing is worth it.
bool product_packs(const Pool *p, int m, int n, int k);

// Packs one side with all threads of the pool.
void product_pack(Pool *p, Operand *o);

// Computes the product of packed sides. Packing has applied their scale.
void product_packed(Pool *p, MatrixView C, MatrixView start, Operand a, Operand b,
                    int m, int n, int k);

void product(Pool *p, ProductKind kind, MatrixView C, MatrixView start, MatrixView A,
             MatrixView B, int m, int n, int k);

#endif
