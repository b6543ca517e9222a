// The products as plain loops. The double build uses them, and the tests compare every
// other implementation with them.
#include "model/kernels/gemm.h"

void gemm_init(void) {}

static real *row(MatrixView v, int i) { return v.at + (ptrdiff_t)i * v.stride; }

// With beta 0 the old contents of C have no effect, even if they are NaN.
static void scale(MatrixView C, int m, int n, real beta) {
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) row(C, i)[j] = beta == 0 ? 0 : beta * row(C, i)[j];
}

void gemm_nn(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha,
             real beta) {
    scale(C, m, n, beta);
    for (int i = 0; i < m; i++)
        for (int l = 0; l < k; l++)
            for (int j = 0; j < n; j++)
                row(C, i)[j] += alpha * row(A, i)[l] * row(B, l)[j];
}

void gemm_nt(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha,
             real beta) {
    scale(C, m, n, beta);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++)
            for (int l = 0; l < k; l++)
                row(C, i)[j] += alpha * row(A, i)[l] * row(B, j)[l];
}

void gemm_tn(MatrixView C, MatrixView A, MatrixView B, int m, int n, int k, real alpha,
             real beta) {
    scale(C, m, n, beta);
    for (int l = 0; l < k; l++)
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                row(C, i)[j] += alpha * row(A, l)[i] * row(B, l)[j];
}
