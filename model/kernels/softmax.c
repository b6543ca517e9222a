#include "model/kernels/softmax.h"

#include "model/kernels/bf16.h"
#include "model/kernels/bf16_lanes.h"

#include <glib.h>

static int seen_by(Scores b, int row) { return CLAMP(b.seen + row, 0, b.count); }

// s is a row of `count` scores, of which the last ones are masked. Replaces them by
// exp(s - top), updates top and sum, and returns the factor by which older results
// shrink.
VECTOR_CLONES
static real soften(real *s, int count, int seen, real *top, real *sum) {
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

VECTOR_CLONES
static void weigh(real *s, real *dp, int count, int seen, real lse, real dot) {
    for (int c = 0; c < seen; c++) {
        s[c] = real_exp(s[c] - lse);
        dp[c] = s[c] * (dp[c] - dot);
    }
    for (int c = seen; c < count; c++) s[c] = dp[c] = 0;
}

#ifdef BF16_LANES

// Returns exp(s - from) of 16 columns from c on, and 0 where they are masked.
BF16 INLINE __m512 weights(const float *s, int c, int seen, __m512 from) {
    __mmask16 take = first_lanes(seen - c);
    __m512 x = _mm512_maskz_loadu_ps(take, s + c);
    x = _mm512_fmsub_ps(x, _mm512_set1_ps(LOG2_E), from);
    return _mm512_maskz_mov_ps(take, power_of_2(x));
}

BF16 static float pack_softened(uint32_t *to, const float *s, int count, int seen,
                                float *top, float *sum) {
    __m512 most = _mm512_set1_ps(*top), total = _mm512_setzero_ps();
    for (int c = 0; c < seen; c += 16) {
        __mmask16 take = first_lanes(seen - c);
        most = _mm512_mask_max_ps(most, take, most, _mm512_maskz_loadu_ps(take, s + c));
    }
    float next = _mm512_reduce_max_ps(most);
    __m512 from = _mm512_set1_ps(next * LOG2_E);
    for (int c = 0; c < count; c += 32) {
        __m512 low = weights(s, c, seen, from), high = weights(s, c + 16, seen, from);
        total = _mm512_add_ps(total, _mm512_add_ps(low, high));
        _mm512_mask_storeu_epi32(to + c / 2, first_lanes((count - c + 1) / 2),
                                 pairs_contiguous(low, high));
    }
    float shrink = real_exp(*top - next);
    *top = next;
    *sum = *sum * shrink + _mm512_reduce_add_ps(total);
    return shrink;
}

// Packs two rows at a time: their two numbers in one column are a pair of the k-strided
// operand.
BF16 static void pack_weighed(const SoftmaxBack *to, Scores b, int row,
                              const float *lse, const float *dot) {
    const float *s[2], *dp[2];
    __m512 from[2], less[2];
    int seen[2], rows = MIN(2, b.n - row);
    for (int r = 0; r < 2; r++) {
        int at = row + MIN(r, rows - 1);
        s[r] = to->p_strided.x.at + (ptrdiff_t)at * to->p_strided.x.stride;
        dp[r] = to->ds.x.at + (ptrdiff_t)at * to->ds.x.stride;
        from[r] = _mm512_set1_ps(lse[at] * LOG2_E);
        less[r] = _mm512_set1_ps(dot[at]);
        seen[r] = r < rows ? seen_by(b, at) : 0;
    }
    uint32_t *contiguous = to->ds.bf16 + (ptrdiff_t)row * to->ds.stride;
    for (int c = 0; c < b.count; c += 32) {
        __m512 d[2][2];
        for (int half = 0; half < 2 && c + 16 * half < b.count; half++) {
            int at = c + 16 * half;
            __m512 p[2];
            for (int r = 0; r < 2; r++) {
                p[r] = weights(s[r], at, seen[r], from[r]);
                __m512 x = _mm512_maskz_loadu_ps(first_lanes(seen[r] - at), dp[r] + at);
                d[r][half] = _mm512_mul_ps(p[r], _mm512_sub_ps(x, less[r]));
            }
            ptrdiff_t place = (ptrdiff_t)(at / BF16_PANEL) * to->p_strided.stride +
                              row / 2 * BF16_PANEL + at % BF16_PANEL;
            _mm512_storeu_si512(to->p_strided.bf16 + place, pairs_strided(p[0], p[1]));
            _mm512_storeu_si512(to->ds_strided.bf16 + place,
                                pairs_strided(d[0][half], d[1][half]));
        }
        if (c + 16 >= b.count) d[0][1] = d[1][1] = _mm512_setzero_ps();
        __mmask16 put = first_lanes((b.count - c + 1) / 2);
        for (int r = 0; r < rows; r++)
            _mm512_mask_storeu_epi32(contiguous + r * to->ds.stride + c / 2, put,
                                     pairs_contiguous(d[r][0], d[r][1]));
    }
}

#else

static real pack_softened(uint32_t *to, const real *s, int count, int seen, real *top,
                          real *sum) {
    return 0;
}
static void pack_weighed(const SoftmaxBack *to, Scores b, int row, const real *lse,
                         const real *dot) {}

#endif

static real *row_of(MatrixView x, int row) { return x.at + (ptrdiff_t)row * x.stride; }

static Operand place(OperandRoom *room, MatrixView x, bool k_strided, Scores b) {
    int m = k_strided ? b.count : b.n, k = k_strided ? b.n : b.count;
    Operand o = operand_left(x, k_strided, m, k, 1, *room);
    if (*room) *room += operand_room(m, k);
    return o;
}

Operand softmax_forward(OperandRoom *room, Scores b, MatrixView s, real *top, real *sum,
                        real *shrink) {
    Operand p = place(room, s, false, b);
    for (int i = 0; i < b.n; i++)
        if (p.bf16)
            shrink[i] = pack_softened(p.bf16 + (ptrdiff_t)i * p.stride, row_of(s, i),
                                      b.count, seen_by(b, i), &top[i], &sum[i]);
        else
            shrink[i] = soften(row_of(s, i), b.count, seen_by(b, i), &top[i], &sum[i]);
    return p;
}

SoftmaxBack softmax_backward(OperandRoom *room, Scores b, MatrixView s, MatrixView dp,
                             const real *lse, const real *dot) {
    SoftmaxBack to = {.p_strided = place(room, s, true, b)};
    to.ds = place(room, dp, false, b);
    to.ds_strided = place(room, dp, true, b);
    if (to.p_strided.bf16)
        for (int i = 0; i < b.n; i += 2) pack_weighed(&to, b, i, lse, dot);
    else
        for (int i = 0; i < b.n; i++)
            weigh(row_of(s, i), row_of(dp, i), b.count, seen_by(b, i), lse[i], dot[i]);
    return to;
}
