// Causal attention in blocks of QUERIES x KEYS with an online softmax: for each block
// of queries the running maximum, sum and output are corrected as blocks of keys come
// in, so the scores are never in memory as a whole. The backward pass computes them
// again from lse. Matrices that are multiplied more than once are prepared once per
// head.
#include "model/kernels/softmax.h"
#include "model/layers/layers.h"

#include <glib.h>

#define HIDDEN ((real)-1e30) // smaller than every score

enum { QUERIES = 64, KEYS = 192 };

typedef struct Job {
    real *o, *lse, *dq, *dk, *dv, *dot;
    const real *q, *k, *v, *dy, *y, *lses;
    int n, keys, d, dh;
    bool mixed;
    real scale;
} Job;

static MatrixView head(const real *x, const Job *j, int row, int h) {
    return view(x + (size_t)row * (size_t)j->d + (size_t)(h * j->dh), j->d);
}

static real *row(MatrixView x, int i) { return x.at + (ptrdiff_t)i * x.stride; }
static MatrixView from_row(MatrixView x, int i) { return view(row(x, i), x.stride); }

// Describes the block of n queries from `first` on and `count` keys from `key` on.
static Scores block(const Job *j, int first, int n, int key, int count) {
    return (Scores){n, count, j->keys - j->n + first + 1 - key};
}

// Returns memory for `heads` operands of a whole head and `blocks` operands of a block
// of scores.
static OperandRoom room_for(const Job *j, int heads, int blocks) {
    if (!j->mixed) return NULL;
    size_t head = MAX(operand_room(j->keys, j->dh), operand_room(j->dh, j->keys));
    size_t block = MAX(operand_room(QUERIES, KEYS), operand_room(KEYS, QUERIES));
    block = MAX(block, operand_room(QUERIES, j->dh));
    return pool_task_scratch(((size_t)heads * head + (size_t)blocks * block) *
                             sizeof(uint32_t));
}

static void forward_head(const Job *j, int h) {
    OperandRoom room = room_for(j, 2, 2);
    Operand K = operand_right_in(&room, head(j->k, j, 0, h), false, j->keys, j->dh,
                                 j->scale);
    Operand V = operand_right_in(&room, head(j->v, j, 0, h), true, j->dh, j->keys, 1);
    for (int first = 0; first < j->n; first += QUERIES) {
        int n = MIN(j->n - first, QUERIES), keys = j->keys - j->n + first + n;
        MatrixView O = head(j->o, j, first, h);
        OperandRoom left = room;
        Operand Q = operand_left_in(&left, head(j->q, j, first, h), false, n, j->dh, 1);
        real s[QUERIES * KEYS], top[QUERIES], sum[QUERIES], shrink[QUERIES];
        MatrixView S = view(s, KEYS);
        for (int i = 0; i < n; i++) top[i] = HIDDEN, sum[i] = 0;
        for (int key = 0; key < keys; key += KEYS) {
            int count = MIN(keys - key, KEYS);
            // Scores
            operand_multiply(S, FROM_ZERO, Q, operand_from(K, key, 0), n, count, j->dh);
            // Online softmax
            OperandRoom last = left;
            Operand P = softmax_forward(&last, block(j, first, n, key, count), S, top,
                                        sum, shrink);
            for (int i = 0; key > 0 && i < n; i++)
                if (shrink[i] != 1)
                    for (int c = 0; c < j->dh; c++) row(O, i)[c] *= shrink[i];
            // Output
            operand_multiply(O, key > 0 ? O : FROM_ZERO, P, operand_from(V, 0, key), n,
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

// One task computes a whole head, since every block of queries adds to the same dk and
// dv.
static void backward_head(const Job *j, int h) {
    OperandRoom room = room_for(j, 7, 3);
    MatrixView q = head(j->q, j, 0, h), k = head(j->k, j, 0, h),
               v = head(j->v, j, 0, h);
    MatrixView dy = head(j->dy, j, 0, h), dk = head(j->dk, j, 0, h);
    MatrixView dv = head(j->dv, j, 0, h);
    int N = j->n, keys = j->keys, dh = j->dh, last = (N - 1) / QUERIES * QUERIES;
    Operand Q = operand_left_in(&room, q, false, N, dh, 1);
    Operand dO = operand_left_in(&room, dy, false, N, dh, 1);
    Operand K = operand_right_in(&room, k, false, keys, dh, j->scale);
    Operand V = operand_right_in(&room, v, false, keys, dh, 1);
    Operand K_down = operand_right_in(&room, k, true, dh, keys, j->scale);
    Operand Q_down = operand_right_in(&room, q, true, dh, N, j->scale);
    Operand dO_down = operand_right_in(&room, dy, true, dh, N, 1);
    real s[QUERIES * KEYS], ds[QUERIES * KEYS];
    MatrixView S = view(s, KEYS), dS = view(ds, KEYS);
    dot_rows(j, h);
    for (int key = 0; key < keys; key += KEYS) {
        int from = key - (keys - N); // the first query that sees this block
        from = from > 0 ? from / QUERIES * QUERIES : 0;
        // Begins with the last queries, which see the whole block of keys, so that its
        // sums are initialised by them.
        for (int first = last; first >= from; first -= QUERIES) {
            int n = MIN(N - first, QUERIES);
            MatrixView dK = from_row(dk, key), dV = from_row(dv, key);
            int count = MIN(keys - N + first + n - key, MIN(keys - key, KEYS));
            // Scores again, and the gradient of their weights
            operand_multiply(S, FROM_ZERO, operand_from(Q, first, 0),
                             operand_from(K, key, 0), n, count, dh);
            operand_multiply(dS, FROM_ZERO, operand_from(dO, first, 0),
                             operand_from(V, key, 0), n, count, dh);
            // Softmax
            OperandRoom left = room;
            SoftmaxBack B = softmax_backward(&left, block(j, first, n, key, count), S,
                                             dS, j->lses + h * N + first,
                                             j->dot + h * N + first);
            // Gradients of values, keys and queries
            operand_multiply(dV, first < last ? dV : FROM_ZERO, B.p_strided,
                             operand_from(dO_down, 0, first), count, dh, n);
            operand_multiply(dK, first < last ? dK : FROM_ZERO, B.ds_strided,
                             operand_from(Q_down, 0, first), count, dh, n);
            operand_multiply(head(j->dq, j, first, h),
                             key > 0 ? head(j->dq, j, first, h) : FROM_ZERO, B.ds,
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
