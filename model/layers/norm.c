#include "model/layers/layers.h"

typedef struct Job {
    real *y, *mean, *rstd, *dx, *sums;
    const real *x, *dy, *w, *b, *means, *rstds;
    int N, d;
} Job;

enum { ROWS = 32 };

VECTOR_CLONES
static void rows_forward(void *data, int begin, int end) {
    const Job *j = data;
    int d = j->d;
    for (int i = begin; i < end; i++) {
        const real *x = j->x + (size_t)i * (size_t)d;
        real *y = j->y + (size_t)i * (size_t)d, sum = 0, var = 0;
#pragma omp simd reduction(+ : sum)
        for (int c = 0; c < d; c++) sum += x[c];
        real mean = sum / (real)d;
#pragma omp simd reduction(+ : var)
        for (int c = 0; c < d; c++) var += (x[c] - mean) * (x[c] - mean);
        real rstd = 1 / real_sqrt(var / (real)d + (real)NORM_EPS);
        for (int c = 0; c < d; c++) y[c] = (x[c] - mean) * rstd * j->w[c] + j->b[c];
        j->mean[i] = mean;
        j->rstd[i] = rstd;
    }
}

void norm_forward(Pool *p, real *y, real *mean, real *rstd, const real *x,
                  const Norm *w, int N, int d) {
    Job j = {.y = y,
             .mean = mean,
             .rstd = rstd,
             .x = x,
             .w = w->weight,
             .b = w->bias,
             .N = N,
             .d = d};
    pool_run(p, N, ROWS, rows_forward, &j);
}

// With u = (x - mean) rstd and du = dy w: dx += rstd (du - <du> - u <du u>). What these
// rows add to the gradients of w and b is written to `sums`, one after the other.
VECTOR_CLONES
static void rows_backward(void *data, int begin, int end) {
    const Job *j = data;
    int d = j->d;
    const real *w = j->w;
    real *dw = j->sums + (size_t)(begin / ROWS) * 2 * (size_t)d, *db = dw + d;
    memset(dw, 0, 2 * (size_t)d * sizeof *dw);
    for (int i = begin; i < end; i++) {
        const real *x = j->x + (size_t)i * (size_t)d,
                   *dy = j->dy + (size_t)i * (size_t)d;
        real *dx = j->dx + (size_t)i * (size_t)d;
        real mean = j->means[i], rstd = j->rstds[i], sum = 0, dot = 0;
#pragma omp simd reduction(+ : sum, dot)
        for (int c = 0; c < d; c++) {
            real du = dy[c] * w[c], u = (x[c] - mean) * rstd;
            sum += du;
            dot += du * u;
            dw[c] += dy[c] * u;
            db[c] += dy[c];
        }
        sum /= (real)d;
        dot /= (real)d;
#pragma omp simd
        for (int c = 0; c < d; c++)
            dx[c] += rstd * (dy[c] * w[c] - sum - (x[c] - mean) * rstd * dot);
    }
}

VECTOR_CLONES
static void add_rows(real *to, const real *sums, int chunks, int step, int d) {
    for (int i = 0; i < chunks; i++, sums += step)
        for (int c = 0; c < d; c++) to[c] += sums[c];
}

void norm_backward(Pool *p, real *dx, Norm *dw, const real *dy, const real *x,
                   const Norm *w, const real *mean, const real *rstd, int N, int d) {
    int chunks = (N + ROWS - 1) / ROWS;
    Job j = {.dx = dx,
             .sums = g_new(real, 2 * (size_t)chunks * (size_t)d),
             .dy = dy,
             .x = x,
             .w = w->weight,
             .means = mean,
             .rstds = rstd,
             .N = N,
             .d = d};
    pool_run(p, N, ROWS, rows_backward, &j);
    add_rows(dw->weight, j.sums, chunks, 2 * d, d);
    add_rows(dw->bias, j.sums + d, chunks, 2 * d, d);
    g_free(j.sums);
}
