// The three matrix products that a linear layer and attention are made of.
//
// Matrices are row-major. Each has its own row stride, so that one head of a (N, d)
// activation is the view (N, d/h) with stride d, and nothing is transposed or copied.
// All compute C = alpha op(A) op(B) + beta C, where C is (m, n) and the sum runs over
// k. They run on the calling thread, since the pool has already split the work.
#ifndef MODEL_KERNELS_GEMM_H
#define MODEL_KERNELS_GEMM_H

#include "model/real.h"

typedef struct MatrixView {
    real *at;
    int stride; // between rows, in elements
} MatrixView;

static inline MatrixView view(const real *at, int stride) {
    return (MatrixView){(real *)at, stride};
}

// The start values of a product's sums are a view: C itself, to add to it; a bias, as
// rows with stride 0; or this one, for zero.
#define FROM_ZERO ((MatrixView){NULL, 0})

// clang-format off
void gemm_nn(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha, real beta); // A B
void gemm_nt(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha, real beta); // A Bt
void gemm_tn(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha, real beta); // At B
// clang-format on

// Must be called once before the first product. It makes the library compute on the
// calling thread only.
void gemm_init(void);

#endif
