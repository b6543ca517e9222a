#include "model/product.h"

#include "model/gemm_bf16.h"

typedef struct Job {
    ProductKind kind;
    View C, A, B;
    int n, k;
    real beta;
} Job;

// Rows a task takes: enough to pay for packing the other matrix, few enough to share.
enum { ROWS = 128, COLUMNS = 64 };

static View shift(View v, int rows, int columns) {
    return view(v.at + (ptrdiff_t)rows * v.stride + columns, v.stride);
}

static void rows(void *data, int begin, int end) {
    const Job *j = data;
    View C = shift(j->C, begin, 0), A = shift(j->A, begin, 0);
    int m = end - begin;
    if (j->kind == PRODUCT_NN)
        gemm_nn(C, A, j->B, m, j->n, j->k, 1, j->beta);
    else if (j->kind == PRODUCT_NT)
        gemm_nt(C, A, j->B, m, j->n, j->k, 1, j->beta);
    else
        gemm_tn(C, shift(j->A, 0, begin), j->B, m, j->n, j->k, 1, j->beta);
}

// For few rows: the columns are shared instead. n holds the rows.
static void columns(void *data, int begin, int end) {
    const Job *j = data;
    gemm_nt(shift(j->C, 0, begin), j->A, shift(j->B, begin, 0), j->n, end - begin, j->k,
            1, j->beta);
}

void product(Pool *p, ProductKind kind, View C, View A, View B, int m, int n, int k,
             bool add) {
    if (pool_mixed(p) && gemm_bf16(p, kind, C, A, B, m, n, k, add)) return;
    Job j = {kind, C, A, B, n, k, add};
    if (kind == PRODUCT_NT && m < 2 * ROWS) {
        j.n = m;
        pool_run(p, n, COLUMNS, columns, &j);
    } else
        pool_run(p, m, ROWS, rows, &j);
}
