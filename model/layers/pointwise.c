// The layers that treat each number, or each row, separately.
#include "model/layers/layers.h"

#include <math.h>

typedef struct Job {
    real *y;
    const real *x;
    real scale;
    uint32_t key, below;
} Job;

enum { GRAIN = 1 << 14 };

VECTOR_CLONES
static void squared_relu_part(void *data, int begin, int end) {
    real *x = ((Job *)data)->y;
    for (int i = begin; i < end; i++) x[i] = x[i] > 0 ? x[i] * x[i] : 0;
}

void squared_relu_forward(Pool *p, real *x, int n) {
    pool_run(p, n, GRAIN, squared_relu_part, &(Job){.y = x});
}

VECTOR_CLONES
static void squared_relu_back(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++) j->y[i] *= 2 * real_sqrt(j->x[i]);
}

void squared_relu_backward(Pool *p, real *dx, const real *y, int n) {
    pool_run(p, n, GRAIN, squared_relu_back, &(Job){.y = dx, .x = y});
}

// Returns what dropout leaves of y[i], times its scale. One hash decides for two
// numbers, with half of its bits for each.
static inline real left_of(real y, uint32_t bits, uint32_t below, real scale) {
    return y * ((bits & 0xFFFF) < below ? 0 : scale);
}

// tanh(u) = 1 - 2 / (e^2u + 1)
VECTOR_CLONES
static void soft_cap_part(void *data, int begin, int end) {
    const Job *j = data;
    real *x = j->y, twice = 2 / j->scale;
    for (int i = begin; i < end; i++)
        x[i] = j->scale * (1 - 2 / (real_exp(x[i] * twice) + 1));
}

void soft_cap(Pool *p, real *x, int cap, int n) {
    pool_run(p, n, GRAIN, soft_cap_part, &(Job){.y = x, .scale = (real)cap});
}

VECTOR_CLONES
static void dropout_part(void *data, int begin, int end) {
    const Job j = *(const Job *)data; // a copy, since a store to y could change *data
    int half = (end - begin + 1) / 2, middle = begin + half;
#pragma omp simd
    for (int i = begin; i < middle; i++)
        j.y[i] = left_of(j.x[i], rng_hash(j.key, (uint32_t)i), j.below, j.scale);
#pragma omp simd
    for (int i = middle; i < end; i++)
        j.y[i] = left_of(j.x[i], rng_hash(j.key, (uint32_t)(i - half)) >> 16, j.below,
                         j.scale);
}

VECTOR_CLONES
static void residual_part(void *data, int begin, int end) {
    const Job j = *(const Job *)data;
    int half = (end - begin + 1) / 2, middle = begin + half;
#pragma omp simd
    for (int i = begin; i < middle; i++)
        j.y[i] = j.x[i] +
                 left_of(j.y[i], rng_hash(j.key, (uint32_t)i), j.below, j.scale);
#pragma omp simd
    for (int i = middle; i < end; i++)
        j.y[i] = j.x[i] + left_of(j.y[i], rng_hash(j.key, (uint32_t)(i - half)) >> 16,
                                  j.below, j.scale);
}

static Job drop(real *y, const real *x, double rate, uint32_t key) {
    return (Job){.y = y,
                 .x = x,
                 .key = key,
                 .scale = (real)(1 / (1 - rate)),
                 .below = (uint32_t)lround(rate * 65536)};
}

void dropout(Pool *p, real *y, const real *x, double rate, uint32_t key, int n) {
    Job j = drop(y, x, rate, key);
    pool_run(p, n, GRAIN, dropout_part, &j);
}

VECTOR_CLONES
static void add_part(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++) j->y[i] += j->x[i];
}

void residual(Pool *p, real *y, const real *x, double rate, uint32_t key, int n) {
    Job j = drop(y, x, rate, key);
    pool_run(p, n, GRAIN, rate > 0 ? residual_part : add_part, &j);
}

void embed_forward(real *y, const real *embed, const Token *tokens, int N, int d) {
    for (int i = 0; i < N; i++)
        memcpy(y + (size_t)i * (size_t)d, embed + (size_t)tokens[i] * (size_t)d,
               (size_t)d * sizeof *y);
}

void embed_add(real *y, const real *embed, const Token *tokens, int N, int d) {
    for (int i = 0; i < N; i++) {
        const real *row = embed + (size_t)tokens[i] * (size_t)d;
        for (int c = 0; c < d; c++) y[(size_t)i * (size_t)d + (size_t)c] += row[c];
    }
}

void embed_backward(real *dembed, const real *dy, const Token *tokens, int N, int d) {
    for (int i = 0; i < N; i++) {
        real *row = dembed + (size_t)tokens[i] * (size_t)d;
        for (int c = 0; c < d; c++) row[c] += dy[(size_t)i * (size_t)d + (size_t)c];
    }
}
