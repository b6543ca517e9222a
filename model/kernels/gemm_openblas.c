#include "model/kernels/gemm.h"

#include <cblas.h>

void gemm_init(void) { openblas_set_num_threads(1); }

static void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, MatrixView C, MatrixView A,
                 MatrixView B, int m, int n, int k, real alpha, real beta) {
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, alpha, A.at, A.stride, B.at, B.stride,
                beta, C.at, C.stride);
}

void gemm_nn(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha,
             real beta) {
    gemm(CblasNoTrans, CblasNoTrans, C, A, B, m, n, k, alpha, beta);
}

// A product with one row is a matrix times a vector. sgemm computes it at a fraction of
// the speed of sgemv.
void gemm_nt(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha,
             real beta) {
    if (m == 1)
        cblas_sgemv(CblasRowMajor, CblasNoTrans, n, k, alpha, B.at, B.stride, A.at, 1,
                    beta, C.at, 1);
    else
        gemm(CblasNoTrans, CblasTrans, C, A, B, m, n, k, alpha, beta);
}

void gemm_tn(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha,
             real beta) {
    gemm(CblasTrans, CblasNoTrans, C, A, B, m, n, k, alpha, beta);
}
