// Causal attention in blocks of QUERIES x KEYS with an online softmax: for each block
// of queries the running maximum, sum and output are corrected as blocks of keys come
// in, so the scores never stand in memory as a whole. Backward makes them again from
// lse.
#include "model/gemm.h"
#include "model/layers.h"

#define HIDDEN ((real)-1e30) // below every score

enum { QUERIES = 64, KEYS = 128 };

typedef struct Job {
    real *o, *lse, *dq, *dk, *dv, *dot;
    const real *q, *k, *v, *dy, *y, *lses;
    int n, keys, d, dh, blocks;
    real scale;
} Job;

static real *head(const real *x, const Job *j, int row, int h) {
    return (real *)x + (size_t)row * (size_t)j->d + (size_t)(h * j->dh);
}

// Keys in [key, key + count) that query i does not see.
static int unseen(const Job *j, int i, int key, int count) {
    int seen = j->keys - j->n + i + 1 - key;
    return seen < 0 ? count : seen > count ? 0 : count - seen;
}

// s: a row of `count` scores, the last `hidden` masked. Turns them into exp(s - top),
// updates top and sum, and returns by how much older results shrink.
VECTOR_CLONES
static real soften(real *s, int count, int hidden, real *top, real *sum) {
    int seen = count - hidden;
    real most = *top, total = 0;
#pragma omp simd reduction(max : most)
    for (int c = 0; c < seen; c++) most = s[c] > most ? s[c] : most;
#pragma omp simd reduction(+ : total)
    for (int c = 0; c < seen; c++) total += s[c] = real_exp(s[c] - most);
    for (int c = seen; c < count; c++) s[c] = 0;
    real shrink = real_exp(*top - most);
    *top = most;
    *sum = *sum * shrink + total;
    return shrink;
}

static void forward(void *data, int begin, int end) {
    const Job *j = data;
    for (int t = begin; t < end; t++) {
        int h = t / j->blocks, first = t % j->blocks * QUERIES;
        int n = j->n - first < QUERIES ? j->n - first : QUERIES;
        int keys = j->keys - j->n + first + n;
        View Q = view(head(j->q, j, first, h), j->d);
        View O = view(head(j->o, j, first, h), j->d);
        real s[QUERIES * KEYS], top[QUERIES], sum[QUERIES];
        for (int i = 0; i < n; i++) {
            top[i] = HIDDEN;
            sum[i] = 0;
            for (int c = 0; c < j->dh; c++)
                O.at[(size_t)i * (size_t)j->d + (size_t)c] = 0;
        }
        for (int key = 0; key < keys; key += KEYS) {
            int count = keys - key < KEYS ? keys - key : KEYS;
            View K = view(head(j->k, j, key, h), j->d);
            View V = view(head(j->v, j, key, h), j->d);
            gemm_nt(view(s, KEYS), Q, K, n, count, j->dh, j->scale, 0);
            for (int i = 0; i < n; i++) {
                real shrink = soften(s + i * KEYS, count,
                                     unseen(j, first + i, key, count), &top[i],
                                     &sum[i]);
                real *o = O.at + (size_t)i * (size_t)j->d;
                if (shrink != 1)
                    for (int c = 0; c < j->dh; c++) o[c] *= shrink;
            }
            gemm_nn(O, view(s, KEYS), V, n, j->dh, count, 1, 1);
        }
        for (int i = 0; i < n; i++) {
            real *o = O.at + (size_t)i * (size_t)j->d;
            for (int c = 0; c < j->dh; c++) o[c] /= sum[i];
            j->lse[h * j->n + first + i] = top[i] + (real)log((double)sum[i]);
        }
    }
}

static Job job(int n, int keys, const Config *c) {
    int dh = config_head_width(c);
    return (Job){.n = n,
                 .keys = keys,
                 .d = c->width,
                 .dh = dh,
                 .blocks = (n + QUERIES - 1) / QUERIES,
                 .scale = 1 / real_sqrt((real)dh)};
}

void attention_forward(Pool *p, real *o, real *lse, const real *q, const real *k,
                       const real *v, int n, int keys, const Config *c) {
    Job j = job(n, keys, c);
    j.o = o, j.lse = lse, j.q = q, j.k = k, j.v = v;
    pool_run(p, c->heads * j.blocks, 1, forward, &j);
}

// p = exp(s - lse) and ds = p (dp - dot), over a row.
VECTOR_CLONES
static void weigh(real *s, real *dp, int count, int hidden, real lse, real dot) {
    int seen = count - hidden;
    for (int c = 0; c < seen; c++) {
        s[c] = real_exp(s[c] - lse);
        dp[c] = s[c] * (dp[c] - dot);
    }
    for (int c = seen; c < count; c++) s[c] = dp[c] = 0;
}

// A head by itself, since every block of queries adds to the same dk and dv.
static void backward(void *data, int begin, int end) {
    const Job *j = data;
    for (int h = begin; h < end; h++) {
        real *dot = j->dot + h * j->n;
        for (int i = 0; i < j->n; i++) {
            const real *dy = head(j->dy, j, i, h), *y = head(j->y, j, i, h);
            real sum = 0;
#pragma omp simd reduction(+ : sum)
            for (int c = 0; c < j->dh; c++) sum += dy[c] * y[c];
            dot[i] = sum;
        }
        for (int key = 0; key < j->keys; key += KEYS) {
            int count = j->keys - key < KEYS ? j->keys - key : KEYS;
            View K = view(head(j->k, j, key, h), j->d),
                 V = view(head(j->v, j, key, h), j->d);
            View dK = view(head(j->dk, j, key, h), j->d);
            View dV = view(head(j->dv, j, key, h), j->d);
            int from = key - (j->keys - j->n); // the first query that sees this block
            from = from > 0 ? from / QUERIES * QUERIES : 0;
            real s[QUERIES * KEYS], ds[QUERIES * KEYS];
            for (int first = from; first < j->n; first += QUERIES) {
                int n = j->n - first < QUERIES ? j->n - first : QUERIES;
                View Q = view(head(j->q, j, first, h), j->d), S = view(s, KEYS);
                View dO = view(head(j->dy, j, first, h), j->d), dS = view(ds, KEYS);
                View dQ = view(head(j->dq, j, first, h), j->d);
                gemm_nt(S, Q, K, n, count, j->dh, j->scale, 0);
                gemm_nt(dS, dO, V, n, count, j->dh, 1, 0);
                for (int i = 0; i < n; i++)
                    weigh(s + i * KEYS, ds + i * KEYS, count,
                          unseen(j, first + i, key, count),
                          j->lses[h * j->n + first + i], dot[first + i]);
                gemm_tn(dV, S, dO, count, j->dh, n, 1, first > from);
                gemm_tn(dK, dS, Q, count, j->dh, n, j->scale, first > from);
                gemm_nn(dQ, dS, K, n, j->dh, count, j->scale, key > 0);
            }
        }
    }
}

void attention_backward(Pool *p, real *dq, real *dk, real *dv, real *scratch,
                        const real *dy, const real *q, const real *k, const real *v,
                        const real *o, const real *lse, int n, int keys,
                        const Config *c) {
    Job j = job(n, keys, c);
    j.dq = dq, j.dk = dk, j.dv = dv, j.dot = scratch;
    j.dy = dy, j.q = q, j.k = k, j.v = v, j.y = o, j.lses = lse;
    pool_run(p, c->heads, 1, backward, &j);
}
