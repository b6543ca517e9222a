#include "model/layers.h"

typedef struct Job {
    real *y, *mean, *rstd, *dx, *dw, *db;
    const real *x, *dy, *w, *b, *means, *rstds;
    int N, d;
} Job;

enum { ROWS = 32, CHANNELS = 256 };

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

// With u = (x - mean) rstd and du = dy w:  dx += rstd (du - <du> - u <du u>)
VECTOR_CLONES
static void rows_backward(void *data, int begin, int end) {
    const Job *j = data;
    int d = j->d;
    for (int i = begin; i < end; i++) {
        const real *x = j->x + (size_t)i * (size_t)d,
                   *dy = j->dy + (size_t)i * (size_t)d;
        real *dx = j->dx + (size_t)i * (size_t)d;
        real mean = j->means[i], rstd = j->rstds[i], sum = 0, dot = 0;
#pragma omp simd reduction(+ : sum, dot)
        for (int c = 0; c < d; c++) {
            real du = dy[c] * j->w[c];
            sum += du;
            dot += du * (x[c] - mean) * rstd;
        }
        sum /= (real)d;
        dot /= (real)d;
        for (int c = 0; c < d; c++)
            dx[c] += rstd * (dy[c] * j->w[c] - sum - (x[c] - mean) * rstd * dot);
    }
}

VECTOR_CLONES
static void channels_backward(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = 0; i < j->N; i++) {
        const real *x = j->x + (size_t)i * (size_t)j->d;
        const real *dy = j->dy + (size_t)i * (size_t)j->d;
        real mean = j->means[i], rstd = j->rstds[i];
        for (int c = begin; c < end; c++) {
            j->dw[c] += dy[c] * (x[c] - mean) * rstd;
            j->db[c] += dy[c];
        }
    }
}

void norm_backward(Pool *p, real *dx, Norm *dw, const real *dy, const real *x,
                   const Norm *w, const real *mean, const real *rstd, int N, int d) {
    Job j = {.dx = dx,
             .dw = dw->weight,
             .db = dw->bias,
             .dy = dy,
             .x = x,
             .w = w->weight,
             .means = mean,
             .rstds = rstd,
             .N = N,
             .d = d};
    pool_run(p, N, ROWS, rows_backward, &j);
    pool_run(p, d, CHANNELS, channels_backward, &j);
}
