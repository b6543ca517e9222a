#include "model/layers.h"
#include "model/product.h"

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

void linear_backward(Pool *p, real *dx, bool add, Linear *dw, const real *dy,
                     const real *x, const Linear *w, int N, int in, int out) {
    if (dx)
        product(p, PRODUCT_NN, view(dx, in), add ? view(dx, in) : NOTHING,
                view(dy, out), view(w->weight, in), N, in, out);
    product(p, PRODUCT_TN, view(dw->weight, in), view(dw->weight, in), view(dy, out),
            view(x, in), out, in, N);
    pool_run(p, out, 256, add_columns, &(Job){dw->bias, dy, N, out});
}
