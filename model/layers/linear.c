#include "model/kernels/product.h"
#include "model/layers/layers.h"

typedef struct Job {
    real *y;
    const real *x;
    int N, out;
} Job;

void linear_forward(Pool *p, real *y, const real *x, const Linear *w, int N, int in,
                    int out) {
    product(p, PRODUCT_NT, view(y, out), view(w->bias, 0), view(x, in),
            view(w->weight, in), N, out, in);
}

VECTOR_CLONES
static void add_columns(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = 0; i < j->N; i++)
        for (int c = begin; c < end; c++)
            j->y[c] += j->x[(size_t)i * (size_t)j->out + (size_t)c];
}

// In bf16 dy is read once, for the two orders in which the two products need it and for
// the sums of its columns.
typedef struct Both {
    Operand contiguous, strided;
    real *sums; // (parts, out)
} Both;

static void pack_both(void *data, int begin, int end) {
    const Both *b = data;
    for (int i = begin; i < end; i++)
        operand_pack_both(&b->contiguous, &b->strided, b->sums, i);
}

static void packed_backward(Pool *p, real *dx, bool add, Linear *dw, const real *dy,
                            const real *x, const Linear *w, int N, int in, int out) {
    size_t rows = operand_room(N, out), columns = operand_room(out, N);
    size_t other = MAX(operand_room(in, out), operand_room(in, N));
    int parts = (N + OPERAND_ROWS - 1) / OPERAND_ROWS;
    OperandRoom room = pool_scratch(p, (rows + columns + other) * sizeof *room +
                                           (size_t)(parts * out) * sizeof(real));
    OperandRoom for_right = room + rows + columns;
    Both b = {operand_left(view(dy, out), false, N, out, 1, room),
              operand_left(view(dy, out), true, out, N, 1, room + rows),
              (real *)(void *)(for_right + other)};
    pool_run(p, parts, 1, pack_both, &b);
    add_columns(&(Job){dw->bias, b.sums, parts, out}, 0, out);
    Operand right = operand_right(view(w->weight, in), true, in, out, 1, for_right);
    if (dx) {
        product_pack(p, &right);
        product_packed(p, view(dx, in), add ? view(dx, in) : FROM_ZERO, b.contiguous,
                       right, N, in, out);
    }
    right = operand_right(view(x, in), true, in, N, 1, for_right);
    product_pack(p, &right);
    product_packed(p, view(dw->weight, in), view(dw->weight, in), b.strided, right, out,
                   in, N);
}

void linear_backward(Pool *p, real *dx, bool add, Linear *dw, const real *dy,
                     const real *x, const Linear *w, int N, int in, int out) {
    if (product_packs(p, N, in, out)) {
        packed_backward(p, dx, add, dw, dy, x, w, N, in, out);
        return;
    }
    if (dx)
        product(p, PRODUCT_NN, view(dx, in), add ? view(dx, in) : FROM_ZERO,
                view(dy, out), view(w->weight, in), N, in, out);
    product(p, PRODUCT_TN, view(dw->weight, in), view(dw->weight, in), view(dy, out),
            view(x, in), out, in, N);
    pool_run(p, out, 256, add_columns, &(Job){dw->bias, dy, N, out});
}
