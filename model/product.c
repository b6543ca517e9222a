#include "model/product.h"

#include "model/bf16.h"
#include "model/operand.h"

#include <glib.h>

typedef struct Job {
    View C, start;
    Operand a, b;
    int m, n, k, chunks;
} Job;

enum {
    ROWS = 144,   // a task takes, of C: whole panels
    COLUMNS = 64, // a task takes when there are few rows
    LEAST = 32,   // smaller products do not pay for packing
};

static View shift(View v, int rows, int columns) {
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

static void pack_a(void *data, int begin, int end) {
    operand_pack(&((const Job *)data)->a, begin, end);
}

static void pack_b(void *data, int begin, int end) {
    operand_pack(&((const Job *)data)->b, begin, end);
}

// Task t: one panel of B times ROWS rows of A.
static void panels(void *data, int begin, int end) {
    const Job *j = data;
    for (int t = begin; t < end; t++) {
        int column = t / j->chunks * BF16_PANEL, row = t % j->chunks * ROWS;
        operand_multiply(shift(j->C, row, column), shift(j->start, row, column),
                         operand_from(j->a, row, 0), operand_from(j->b, column, 0),
                         MIN(ROWS, j->m - row), MIN(BF16_PANEL, j->n - column), j->k);
    }
}

void product(Pool *p, ProductKind kind, View C, View start, View A, View B, int m,
             int n, int k) {
    bool pack = pool_mixed(p) && m >= LEAST && n >= LEAST && k >= LEAST;
    uint32_t *room = NULL;
    if (pack)
        room = pool_scratch(p,
                            (operand_room(m, k) + operand_room(n, k)) * sizeof *room);
    Job j = {C,
             start,
             operand_left(A, kind == PRODUCT_TN, m, k, 1, room),
             operand_right(B, kind != PRODUCT_NT, n, k, 1,
                           pack ? room + operand_room(m, k) : NULL),
             m,
             n,
             k,
             (m + ROWS - 1) / ROWS};
    if (pack) {
        pool_run(p, operand_parts(&j.a), 1, pack_a, &j);
        pool_run(p, operand_parts(&j.b), 1, pack_b, &j);
        pool_run(p, (n + BF16_PANEL - 1) / BF16_PANEL * j.chunks, 1, panels, &j);
    } else if (kind == PRODUCT_NT && m < 2 * ROWS)
        pool_run(p, n, COLUMNS, columns, &j);
    else
        pool_run(p, m, ROWS, rows, &j);
}
