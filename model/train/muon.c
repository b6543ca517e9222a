#include "model/train/muon.h"

#include "model/product.h"

#include <glib.h>

// The quintic's, by Jordan: none brings small singular values up sooner.
static const real QUINTIC_A = (real)3.4445, QUINTIC_B = (real)-4.7750,
                  QUINTIC_C = (real)2.0315;

enum { STEPS = 5, GRAIN = 1 << 14 };

size_t muon_room(int rows, int columns) {
    size_t least = (size_t)MIN(rows, columns);
    return 2 * (size_t)rows * (size_t)columns + 2 * least * least;
}

typedef struct Job {
    real *w, *m, *u;
    const real *g;
    real scale, rate, keep;
} Job;

VECTOR_CLONES
static void look_ahead(void *data, int begin, int end) {
    const Job *j = data;
    const real b = (real)MUON_MOMENTUM;
    for (int i = begin; i < end; i++) {
        real g = (1 - b) * j->scale * j->g[i];
        real m = j->m[i] = b * j->m[i] + g;
        j->u[i] = g + b * m;
    }
}

VECTOR_CLONES
static void apply(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++) j->w[i] = j->keep * j->w[i] - j->rate * j->u[i];
}

VECTOR_CLONES
static void normalise(real *x, size_t count) {
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++) sum += x[i] * x[i];
    real inverse = 1 / (real_sqrt(sum) + (real)1e-20);
    for (size_t i = 0; i < count; i++) x[i] *= inverse;
}

// a I + b s + c t, into t; all (n, n).
VECTOR_CLONES
static void polynomial(real *t, const real *s, int n) {
    for (size_t i = 0; i < (size_t)n * (size_t)n; i++)
        t[i] = QUINTIC_B * s[i] + QUINTIC_C * t[i];
    for (int i = 0; i < n; i++) t[(size_t)i * (size_t)n + (size_t)i] += QUINTIC_A;
}

// x (rows, columns) -> O(x), where `x` or `y` was, which is returned. The products that
// are summed over the longer side are the cheaper ones, and leave (n, n).
static real *orthogonal(Pool *p, real *x, real *y, real *room, int rows, int columns) {
    bool wide = rows <= columns;
    int n = MIN(rows, columns), k = MAX(rows, columns);
    View S = view(room, n), T = view(room + (size_t)n * (size_t)n, n);
    normalise(x, (size_t)rows * (size_t)columns);
    for (int i = 0; i < STEPS; i++) {
        View X = view(x, columns), Y = view(y, columns);
        product(p, wide ? PRODUCT_NT : PRODUCT_TN, S, NOTHING, X, X, n, n, k);
        product(p, PRODUCT_NN, T, NOTHING, S, S, n, n, n);
        polynomial(T.at, S.at, n);
        product(p, PRODUCT_NN, Y, NOTHING, wide ? T : X, wide ? X : T, rows, columns,
                n);
        y = X.at;
        x = Y.at;
    }
    return x;
}

void muon_update(Pool *p, real *w, real *m, const real *grad, int rows, int columns,
                 double rate, double scale, double decay, real *room) {
    size_t count = (size_t)rows * (size_t)columns;
    Job j = {.w = w, .m = m, .u = room, .g = grad, .scale = (real)scale};
    pool_run(p, (int)count, GRAIN, look_ahead, &j);
    j.u = orthogonal(p, room, room + count, room + 2 * count, rows, columns);
    j.rate = (real)(rate * 0.2 * sqrt((double)MAX(rows, columns)));
    j.keep = (real)(1 - rate * decay);
    pool_run(p, (int)count, GRAIN, apply, &j);
}
