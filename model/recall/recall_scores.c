#include "model/recall/recall_scores.h"

enum { GROUP = RECALL_GROUP, ALIKE = RECALL_ALIKE };

// The heads that pad a group have no lags, and there are fewer lags than bits.
static real lag_of(const Recall *w, int head, int a, const Config *c) {
    if (head >= c->recall_heads || a >= RECALL_LAGS) return 0;
    return w->lags[head * RECALL_LAGS + a];
}

// Computes all 256 sums of subsets of the eight lags from `first` on.
static void sums_of(real *sums, const Recall *w, int head, int first, const Config *c) {
    sums[0] = 0;
    for (int bits = 1; bits < ALIKE; bits++) {
        int lowest = first + __builtin_ctz((unsigned)bits);
        sums[bits * GROUP] = sums[(bits & (bits - 1)) * GROUP] +
                             lag_of(w, head, lowest, c);
    }
}

void recall_sums(real *sums, const Recall *w, const Config *c) {
    for (int g = 0; g < recall_groups(c); g++)
        for (int i = 0; i < RECALL_BYTES; i++, sums += ALIKE * GROUP)
            for (int h = 0; h < GROUP; h++)
                sums_of(sums + h, w, g * GROUP + h, 8 * i, c);
}

// Sets `bit` in bits[m] for every m with x[m] = what.
VECTOR_CLONES
static void recall_mark(uint32_t *bits, const int *x, int what, uint32_t bit, int n) {
#pragma omp simd
    for (int m = 0; m < n; m++) bits[m] |= x[m] == what ? bit : 0;
}

void recall_match(uint32_t *bits, const RecallIndex *x, RecallState at) {
    int n = recall_candidates(at);
    memset(bits, 0, (size_t)n * sizeof *bits);
    if (n == 1) return;
    const int *step = x->step + at.first, *id = x->id + at.first;
    // Steps exist from entry 1 on, ids from entry 0.
    for (int a = 1; a <= RECALL_STEPS && a < n; a++)
        recall_mark(bits + a + 1, step + 1, step[n - a], 1u << (a - 1), n - a - 1);
    for (int a = 1; a <= RECALL_IDS && a < n; a++)
        recall_mark(bits + a, id, id[n - a], 1u << (RECALL_STEPS + a - 1), n - a);
}

// Returns the entry of the table for byte i of the bits.
static inline size_t entry(uint32_t bits, int i) {
    return (size_t)((i * ALIKE + (int)(bits >> 8 * i & 255)) * GROUP);
}

VECTOR_CLONES
static void recall_look_up(real *s, real *top, const uint32_t *bits, const real *sums,
                           int n) {
    real most[GROUP];
    for (int h = 0; h < GROUP; h++) most[h] = s[h];
    for (int m = 1; m < n; m++) {
        const real *t0 = sums + entry(bits[m], 0), *t1 = sums + entry(bits[m], 1),
                   *t2 = sums + entry(bits[m], 2), *t3 = sums + entry(bits[m], 3);
        for (int h = 0; h < GROUP; h++) {
            real sum = t0[h] + t1[h] + t2[h] + t3[h];
            s[m * GROUP + h] = sum;
            most[h] = sum > most[h] ? sum : most[h];
        }
    }
    memcpy(top, most, sizeof most);
}

void recall_score(real *s, real *top, const uint32_t *bits, const real *sums, int n) {
    recall_look_up(s, top, bits, sums, n);
}

VECTOR_CLONES
static void recall_exponentials(real *s, const real *less, int n) {
#pragma omp simd
    for (int i = 0; i < n * GROUP; i++) s[i] = real_exp(s[i] - less[i % GROUP]);
}

void recall_exp(real *s, const real *less, int n) { recall_exponentials(s, less, n); }

VECTOR_CLONES
static void recall_differentiate(real *dsums, real *dsink, const real *A,
                                 const real *dA, const uint32_t *bits, int n) {
    real dot[GROUP] = {0};
    for (int m = 1; m < n; m++)
        for (int h = 0; h < GROUP; h++) dot[h] += A[m * GROUP + h] * dA[m * GROUP + h];
    for (int h = 0; h < GROUP; h++) dsink[h] -= A[h] * dot[h];
    for (int m = 1; m < n; m++) {
        real ds[GROUP];
        for (int h = 0; h < GROUP; h++)
            ds[h] = A[m * GROUP + h] * (dA[m * GROUP + h] - dot[h]);
        for (int i = 0; i < RECALL_BYTES; i++) {
            real *to = dsums + entry(bits[m], i);
            for (int h = 0; h < GROUP; h++) to[h] += ds[h];
        }
    }
}

void recall_score_backward(real *dsums, real *dsink, const real *A, const real *dA,
                           const uint32_t *bits, int n) {
    recall_differentiate(dsums, dsink, A, dA, bits, n);
}

void recall_sums_backward(real *dlags, const real *dsums, int head) {
    for (int a = 0; a < RECALL_LAGS; a++) {
        dlags[a] = 0;
        for (uint32_t bits = 0; bits < ALIKE; bits++)
            if (bits >> a % 8 & 1)
                dlags[a] += dsums[entry(bits << a / 8 * 8, a / 8) + (size_t)head];
    }
}
