#include "model/layers/cross_gather.h"

#include "model/kernels/bf16.h"
#include "model/kernels/bf16_lanes.h"

#ifdef BF16_LANES

enum {
    ROWS = 4,                     // keys at a time
    VECTORS = CROSS_QUERIES / 16, // of a row of queries
};

// The reference point of the softmax moves only when a score passes it by this much:
// e^20 is far within a float's range, and moving it requires rescaling a whole
// histogram.
#define SLACK 20

// Computes the scores of ROWS keys from `key` on. The last key replaces keys beyond it.
BF16 INLINE void scores(__m512 s[ROWS][VECTORS], size_t kind[ROWS],
                        const CrossStretch *c, int key) {
    const uint32_t *a[ROWS], *b = c->queries.bf16, *next = b + c->queries.stride;
#pragma GCC unroll 4
    for (int k = 0; k < ROWS; k++) {
        int at = key + k < c->count ? key + k : c->count - 1;
        a[k] = c->keys.bf16 + (ptrdiff_t)at * c->keys.stride;
        kind[k] = (size_t)c->tokens[at] * CROSS_QUERIES;
        const float *start = (at < c->biased ? c->lookup_biased : c->lookup) + kind[k];
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) s[k][v] = _mm512_loadu_ps(start + 16 * v);
    }
    for (int i = 0; i < (c->r + 1) / 2; i++, b += BF16_PANEL, next += BF16_PANEL) {
        __m512bh line[VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++)
            line[v] = (__m512bh)_mm512_loadu_si512(16 * v < BF16_PANEL ? b + 16 * v
                                                                       : next);
#pragma GCC unroll 4
        for (int k = 0; k < ROWS; k++) {
            __m512bh pair = (__m512bh)_mm512_set1_epi32((int)a[k][i]);
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++)
                s[k][v] = _mm512_dpbf16_ps(s[k][v], pair, line[v]);
        }
    }
}

// Returns which of the 64 queries see a key, one bit for each.
INLINE uint64_t seeing(const CrossStretch *c, int key) {
    int from = c->from + key, to = c->to + key;
    if (key >= c->count || to <= 0 || from >= CROSS_QUERIES) return 0;
    uint64_t sees = to < CROSS_QUERIES ? (1ull << to) - 1 : ~0ull;
    return from > 0 ? sees & ~0ull << from : sees;
}

BF16 static void raise_top(real *top, const __m512 most[VECTORS], real *histogram,
                           int V) {
    __m512 shrink[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        __m512 old = _mm512_loadu_ps(top + 16 * v), next = _mm512_max_ps(old, most[v]);
        __m512 by = _mm512_mul_ps(_mm512_sub_ps(old, next), _mm512_set1_ps(LOG2_E));
        shrink[v] = power_of_2(by);
        _mm512_storeu_ps(top + 16 * v, next);
    }
    for (int i = 0; i < V; i++, histogram += CROSS_QUERIES)
        for (int v = 0; v < VECTORS; v++)
            _mm512_storeu_ps(
                histogram + 16 * v,
                _mm512_mul_ps(_mm512_loadu_ps(histogram + 16 * v), shrink[v]));
}

BF16 void cross_gather(const CrossStretch *c, float *top, float *histogram, int V) {
    __m512 from[VECTORS], limit[VECTORS];
    for (int v = 0; v < VECTORS; v++) from[v] = limit[v] = _mm512_set1_ps(-1e30f);
    for (int key = 0; key < c->count; key += ROWS) {
        __m512 s[ROWS][VECTORS], most[VECTORS];
        size_t kind[ROWS];
        uint64_t sees[ROWS], over = 0;
        scores(s, kind, c, key);
#pragma GCC unroll 4
        for (int k = 0; k < ROWS; k++) sees[k] = seeing(c, key + k);
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {
            most[v] = _mm512_set1_ps(-1e30f);
#pragma GCC unroll 4
            for (int k = 0; k < ROWS; k++)
                most[v] = _mm512_mask_max_ps(most[v], (__mmask16)(sees[k] >> 16 * v),
                                             most[v], s[k][v]);
            over |= _mm512_cmp_ps_mask(most[v], limit[v], _CMP_GT_OQ);
        }
        if (over || key == 0) {
            bool raise = false;
            for (int v = 0; v < VECTORS; v++) {
                __m512 by = _mm512_add_ps(_mm512_loadu_ps(top + 16 * v),
                                          _mm512_set1_ps(SLACK));
                raise |= _mm512_cmp_ps_mask(most[v], by, _CMP_GT_OQ) != 0;
            }
            if (raise) raise_top(top, most, histogram, V);
            for (int v = 0; v < VECTORS; v++) {
                __m512 at = _mm512_loadu_ps(top + 16 * v);
                from[v] = _mm512_mul_ps(at, _mm512_set1_ps(LOG2_E));
                limit[v] = _mm512_add_ps(at, _mm512_set1_ps(SLACK));
            }
        }
#pragma GCC unroll 4
        for (int k = 0; k < ROWS; k++)
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                float *to = histogram + kind[k] + 16 * v;
                __m512 p = power_of_2(
                    _mm512_fmsub_ps(s[k][v], _mm512_set1_ps(LOG2_E), from[v]));
                __m512 old = _mm512_loadu_ps(to);
                _mm512_storeu_ps(to, _mm512_mask_add_ps(
                                         old, (__mmask16)(sees[k] >> 16 * v), old, p));
            }
    }
}

BF16 void cross_gather_backward(const CrossStretch *c, const float *lse,
                                const float *dot, const float *dp, float scale,
                                float *histogram, float *dhistogram, const Operand *ds,
                                const Operand *ds_strided) {
    __m512 from[VECTORS], by = _mm512_set1_ps(scale);
    for (int v = 0; v < VECTORS; v++)
        from[v] = _mm512_mul_ps(_mm512_loadu_ps(lse + 16 * v), _mm512_set1_ps(LOG2_E));
    for (int key = 0; key < c->count; key += ROWS) {
        __m512 s[ROWS][VECTORS];
        size_t kind[ROWS];
        scores(s, kind, c, key);
#pragma GCC unroll 4
        for (int k = 0; k < ROWS; k++) {
            uint64_t sees = seeing(c, key + k);
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                size_t at = kind[k] + 16 * (size_t)v;
                __m512 p = power_of_2(
                    _mm512_fmsub_ps(s[k][v], _mm512_set1_ps(LOG2_E), from[v]));
                p = _mm512_maskz_mov_ps((__mmask16)(sees >> 16 * v), p);
                __m512 d = _mm512_sub_ps(_mm512_loadu_ps(dp + at),
                                         _mm512_loadu_ps(dot + 16 * v));
                d = _mm512_mul_ps(_mm512_mul_ps(p, d), by);
                _mm512_storeu_ps(histogram + at,
                                 _mm512_add_ps(_mm512_loadu_ps(histogram + at), p));
                _mm512_storeu_ps(dhistogram + at,
                                 _mm512_add_ps(_mm512_loadu_ps(dhistogram + at), d));
                s[k][v] = d;
            }
            uint32_t *contiguous = ds->bf16 + (ptrdiff_t)(key + k) * ds->stride;
            _mm512_storeu_si512(contiguous, pairs_contiguous(s[k][0], s[k][1]));
            _mm512_storeu_si512(contiguous + 16, pairs_contiguous(s[k][2], s[k][3]));
        }
#pragma GCC unroll 2
        for (int k = 0; k < ROWS; k += 2) {
            uint32_t *strided = ds_strided->bf16 + (key + k) / 2 * BF16_PANEL;
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++)
                _mm512_storeu_si512(16 * v < BF16_PANEL ? strided + 16 * v
                                                        : strided + ds_strided->stride,
                                    pairs_strided(s[k][v], s[k + 1][v]));
        }
    }
}

#else

void cross_gather(const CrossStretch *c, real *top, real *histogram, int V) {}
void cross_gather_backward(const CrossStretch *c, const real *lse, const real *dot,
                           const real *dp, real scale, real *histogram,
                           real *dhistogram, const Operand *ds,
                           const Operand *ds_strided) {}

#endif
