#include "model/kernels/product.h"

#include "model/kernels/bf16.h"
#include "model/kernels/operand.h"

#include <glib.h>

typedef struct Job {
    MatrixView C, start;
    Operand a, b;
    int m, n, k, chunks;
} Job;

enum {
    ROWS = 144,   // rows of C per task, whole panels
    COLUMNS = 64, // columns of C per task if there are few rows
    LEAST = 32,   // smaller products do not pay for packing
};

static MatrixView shift(MatrixView v, int rows, int columns) {
    return v.at ? view(v.at + (ptrdiff_t)rows * v.stride + columns, v.stride) : v;
}

static void rows(void *data, int begin, int end) {
    const Job *j = data;
    operand_multiply(shift(j->C, begin, 0), shift(j->start, begin, 0),
                     operand_from(j->a, begin, 0), j->b, end - begin, j->n, j->k);
}

static void columns(void *data, int begin, int end) {
    const Job *j = data;
    operand_multiply(shift(j->C, 0, begin), shift(j->start, 0, begin), j->a,
                     operand_from(j->b, begin, 0), j->m, end - begin, j->k);
}

// Each task multiplies one panel of B with ROWS rows of A.
static void panels(void *data, int begin, int end) {
    const Job *j = data;
    for (int t = begin; t < end; t++) {
        int column = t / j->chunks * BF16_PANEL, row = t % j->chunks * ROWS;
        operand_multiply(shift(j->C, row, column), shift(j->start, row, column),
                         operand_from(j->a, row, 0), operand_from(j->b, column, 0),
                         MIN(ROWS, j->m - row), MIN(BF16_PANEL, j->n - column), j->k);
    }
}

bool product_packs(const Pool *p, int m, int n, int k) {
    return pool_mixed(p) && m >= LEAST && n >= LEAST && k >= LEAST;
}

static void pack(void *data, int begin, int end) { operand_pack(data, begin, end); }

void product_pack(Pool *p, Operand *o) { pool_run(p, operand_parts(o), 1, pack, o); }

void product_packed(Pool *p, MatrixView C, MatrixView start, Operand a, Operand b,
                    int m, int n, int k) {
    Job j = {C, start, a, b, m, n, k, (m + ROWS - 1) / ROWS};
    pool_run(p, (n + BF16_PANEL - 1) / BF16_PANEL * j.chunks, 1, panels, &j);
}

void product(Pool *p, ProductKind kind, MatrixView C, MatrixView start, MatrixView A,
             MatrixView B, int m, int n, int k) {
    OperandRoom room = NULL;
    if (product_packs(p, m, n, k))
        room = pool_scratch(p,
                            (operand_room(m, k) + operand_room(n, k)) * sizeof *room);
    Operand a = operand_left(A, kind == PRODUCT_TN, m, k, 1, room);
    Operand b = operand_right(B, kind != PRODUCT_NT, n, k, 1,
                              room ? room + operand_room(m, k) : NULL);
    Job j = {C, start, a, b, m, n, k, 0};
    if (room) {
        product_pack(p, &a);
        product_pack(p, &b);
        product_packed(p, C, start, a, b, m, n, k);
    } else if (kind == PRODUCT_NT && m < 2 * ROWS)
        pool_run(p, n, COLUMNS, columns, &j);
    else
        pool_run(p, m, ROWS, rows, &j);
}
