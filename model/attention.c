// Causal attention in blocks of QUERIES x KEYS with an online softmax: for each block
// of queries the running maximum, sum and output are corrected as blocks of keys come
// in, so the scores never stand in memory as a whole. Backward makes them again from
// lse. What is multiplied more than once is made ready once, for a head.
#include "model/layers.h"
#include "model/operand.h"

#include <glib.h>

#define HIDDEN ((real)-1e30) // below every score

enum { QUERIES = 64, KEYS = 192 };

typedef struct Job {
    real *o, *lse, *dq, *dk, *dv, *dot;
    const real *q, *k, *v, *dy, *y, *lses;
    int n, keys, d, dh;
    bool mixed;
    real scale;
} Job;

static View head(const real *x, const Job *j, int row, int h) {
    return view(x + (size_t)row * (size_t)j->d + (size_t)(h * j->dh), j->d);
}

static real *row(View x, int i) { return x.at + (ptrdiff_t)i * x.stride; }
static View from_row(View x, int i) { return view(row(x, i), x.stride); }

// Keys in [key, key + count) that query i does not see.
static int unseen(const Job *j, int i, int key, int count) {
    int seen = j->keys - j->n + i + 1 - key;
    return seen < 0 ? count : seen > count ? 0 : count - seen;
}

// Room for `heads` operands of a whole head and `blocks` of a block of scores.
static OperandRoom room_for(const Job *j, int heads, int blocks) {
    if (!j->mixed) return NULL;
    size_t head = MAX(operand_room(j->keys, j->dh), operand_room(j->dh, j->keys));
    size_t block = MAX(operand_room(QUERIES, KEYS), operand_room(KEYS, QUERIES));
    block = MAX(block, operand_room(QUERIES, j->dh));
    return pool_task_scratch(((size_t)heads * head + (size_t)blocks * block) *
                             sizeof(uint32_t));
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

static void forward_head(const Job *j, int h) {
    OperandRoom room = room_for(j, 2, 2);
    Operand K = operand_right_in(&room, head(j->k, j, 0, h), false, j->keys, j->dh,
                                 j->scale);
    Operand V = operand_right_in(&room, head(j->v, j, 0, h), true, j->dh, j->keys, 1);
    for (int first = 0; first < j->n; first += QUERIES) {
        int n = MIN(j->n - first, QUERIES), keys = j->keys - j->n + first + n;
        View O = head(j->o, j, first, h);
        OperandRoom left = room;
        Operand Q = operand_left_in(&left, head(j->q, j, first, h), false, n, j->dh, 1);
        real s[QUERIES * KEYS], top[QUERIES], sum[QUERIES];
        View S = view(s, KEYS);
        for (int i = 0; i < n; i++) top[i] = HIDDEN, sum[i] = 0;
        for (int key = 0; key < keys; key += KEYS) {
            int count = MIN(keys - key, KEYS);
            operand_multiply(S, NOTHING, Q, operand_from(K, key, 0), n, count, j->dh);
            for (int i = 0; i < n; i++) {
                real shrink = soften(s + i * KEYS, count,
                                     unseen(j, first + i, key, count), &top[i],
                                     &sum[i]);
                real *o = O.at + (size_t)i * (size_t)j->d;
                if (shrink != 1 && key > 0)
                    for (int c = 0; c < j->dh; c++) o[c] *= shrink;
            }
            OperandRoom last = left;
            Operand P = operand_left_in(&last, S, false, n, count, 1);
            operand_multiply(O, key > 0 ? O : NOTHING, P, operand_from(V, 0, key), n,
                             j->dh, count);
        }
        for (int i = 0; i < n; i++) {
            real *o = O.at + (size_t)i * (size_t)j->d;
            for (int c = 0; c < j->dh; c++) o[c] /= sum[i];
            j->lse[h * j->n + first + i] = top[i] + (real)log((double)sum[i]);
        }
    }
}

static void forward(void *data, int begin, int end) {
    for (int h = begin; h < end; h++) forward_head(data, h);
}

static Job job(const Pool *p, int n, int keys, const Config *c) {
    int dh = config_head_width(c);
    return (Job){.n = n,
                 .keys = keys,
                 .d = c->width,
                 .dh = dh,
                 .mixed = pool_mixed(p) && n > 1,
                 .scale = 1 / real_sqrt((real)dh)};
}

void attention_forward(Pool *p, real *o, real *lse, const real *q, const real *k,
                       const real *v, int n, int keys, const Config *c) {
    Job j = job(p, n, keys, c);
    j.o = o, j.lse = lse, j.q = q, j.k = k, j.v = v;
    pool_run(p, c->heads, 1, forward, &j);
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

VECTOR_CLONES
static void dot_rows(const Job *j, int h) {
    for (int i = 0; i < j->n; i++) {
        const real *dy = head(j->dy, j, i, h).at, *y = head(j->y, j, i, h).at;
        real sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int c = 0; c < j->dh; c++) sum += dy[c] * y[c];
        j->dot[h * j->n + i] = sum;
    }
}

// A head by itself, since every block of queries adds to the same dk and dv.
static void backward_head(const Job *j, int h) {
    OperandRoom room = room_for(j, 7, 3);
    View q = head(j->q, j, 0, h), k = head(j->k, j, 0, h), v = head(j->v, j, 0, h);
    View dy = head(j->dy, j, 0, h), dk = head(j->dk, j, 0, h);
    View dv = head(j->dv, j, 0, h);
    int N = j->n, keys = j->keys, dh = j->dh;
    Operand Q = operand_left_in(&room, q, false, N, dh, 1);
    Operand dO = operand_left_in(&room, dy, false, N, dh, 1);
    Operand K = operand_right_in(&room, k, false, keys, dh, j->scale);
    Operand V = operand_right_in(&room, v, false, keys, dh, 1);
    Operand K_down = operand_right_in(&room, k, true, dh, keys, j->scale);
    Operand Q_down = operand_right_in(&room, q, true, dh, N, j->scale);
    Operand dO_down = operand_right_in(&room, dy, true, dh, N, 1);
    real s[QUERIES * KEYS], ds[QUERIES * KEYS];
    View S = view(s, KEYS), dS = view(ds, KEYS);
    dot_rows(j, h);
    for (int i = 0; i < keys; i++) {
        memset(row(dk, i), 0, (size_t)dh * sizeof(real));
        memset(row(dv, i), 0, (size_t)dh * sizeof(real));
    }
    for (int key = 0; key < keys; key += KEYS) {
        int from = key - (keys - N); // the first query that sees this block
        from = from > 0 ? from / QUERIES * QUERIES : 0;
        for (int first = from; first < N; first += QUERIES) {
            int n = MIN(N - first, QUERIES);
            int count = MIN(keys - N + first + n - key, MIN(keys - key, KEYS));
            operand_multiply(S, NOTHING, operand_from(Q, first, 0),
                             operand_from(K, key, 0), n, count, dh);
            operand_multiply(dS, NOTHING, operand_from(dO, first, 0),
                             operand_from(V, key, 0), n, count, dh);
            for (int i = 0; i < n; i++)
                weigh(s + i * KEYS, ds + i * KEYS, count,
                      unseen(j, first + i, key, count), j->lses[h * N + first + i],
                      j->dot[h * N + first + i]);
            OperandRoom left = room;
            Operand P = operand_left_in(&left, S, true, count, n, 1);
            Operand D = operand_left_in(&left, dS, false, n, count, 1);
            Operand D_down = operand_left_in(&left, dS, true, count, n, 1);
            operand_multiply(from_row(dv, key), from_row(dv, key), P,
                             operand_from(dO_down, 0, first), count, dh, n);
            operand_multiply(from_row(dk, key), from_row(dk, key), D_down,
                             operand_from(Q_down, 0, first), count, dh, n);
            operand_multiply(head(j->dq, j, first, h),
                             key > 0 ? head(j->dq, j, first, h) : NOTHING, D,
                             operand_from(K_down, 0, key), n, dh, count);
        }
    }
}

static void backward(void *data, int begin, int end) {
    for (int h = begin; h < end; h++) backward_head(data, h);
}

void attention_backward(Pool *p, real *dq, real *dk, real *dv, real *scratch,
                        const real *dy, const real *q, const real *k, const real *v,
                        const real *o, const real *lse, int n, int keys,
                        const Config *c) {
    Job j = job(p, n, keys, c);
    j.dq = dq, j.dk = dk, j.dv = dv, j.dot = scratch;
    j.dy = dy, j.q = q, j.k = k, j.v = v, j.y = o, j.lses = lse;
    pool_run(p, c->heads, 1, backward, &j);
}
