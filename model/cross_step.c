#include "model/cross_attention.h"

#include "model/gemm.h"

typedef struct Job {
    real *o;
    const real *q, *kinds_k, *kinds_v, *rotary;
    const Inputs *in;
    int d, dh, r, V;
    real scale;
} Job;

// turned (V, r): cosine's and sine's factors of each pair; plain (V): the other
// channels.
VECTOR_CLONES
static void kind_tables(const Job *j, real *turned, real *plain, int h) {
    const real *q = j->q + h * j->dh;
    for (int v = 0; v < j->V; v++) {
        const real *k = j->kinds_k + (size_t)v * (size_t)j->d + (size_t)(h * j->dh);
        real *row = turned + (size_t)v * (size_t)j->r, sum = 0;
        for (int i = 0; i < j->r; i += 2) {
            row[i] = j->scale * (q[i] * k[i] + q[i + 1] * k[i + 1]);
            row[i + 1] = j->scale * (q[i + 1] * k[i] - q[i] * k[i + 1]);
        }
#pragma omp simd reduction(+ : sum)
        for (int i = j->r; i < j->dh; i++) sum += q[i] * k[i];
        plain[v] = j->scale * sum;
    }
}

// Scores of all inputs, and their maximum.
VECTOR_CLONES
static real score(const Job *j, real *s, const real *turned, const real *plain) {
    real top = (real)-1e30;
    for (int k = 0; k < j->in->keys; k++) {
        Token x = j->in->tokens[k];
        const real *angle = j->rotary + (size_t)j->in->positions[k] * (size_t)j->r;
        const real *row = turned + (size_t)x * (size_t)j->r;
        real sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < j->r; i++) sum += angle[i] * row[i];
        s[k] = sum + plain[x];
        top = s[k] > top ? s[k] : top;
    }
    return top;
}

// s = exp(s - top); returns the sum.
VECTOR_CLONES
static real soften_scores(real *s, int count, real top) {
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int k = 0; k < count; k++) sum += s[k] = real_exp(s[k] - top);
    return sum;
}

static void heads(void *data, int begin, int end) {
    const Job *j = data;
    int keys = j->in->keys;
    size_t V = (size_t)j->V;
    real *turned = pool_task_scratch((V * (size_t)(j->r + 2) + (size_t)keys) *
                                     sizeof *turned);
    real *plain = turned + V * (size_t)j->r, *histogram = plain + V, *s = histogram + V;
    for (int h = begin; h < end; h++) {
        kind_tables(j, turned, plain, h);
        real top = score(j, s, turned, plain), sum = soften_scores(s, keys, top);
        memset(histogram, 0, V * sizeof *histogram);
        for (int k = 0; k < keys; k++) histogram[j->in->tokens[k]] += s[k];
        gemm_nn(view(j->o + h * j->dh, j->d), view(histogram, j->V),
                view(j->kinds_v + h * j->dh, j->d), 1, j->dh, j->V, 1 / sum, 0);
    }
}

void cross_attention_step(Pool *p, real *o, const real *q, const real *kinds_k,
                          const real *kinds_v, const real *rotary, const Inputs *in,
                          const Config *c) {
    int dh = config_head_width(c);
    Job j = {o,
             q,
             kinds_k,
             kinds_v,
             rotary,
             in,
             c->width,
             dh,
             config_rotary(c),
             c->vocabulary,
             1 / real_sqrt((real)dh)};
    pool_run(p, c->heads, 1, heads, &j);
}
