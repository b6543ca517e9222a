#include "model/gemm_bf16.h"

#if defined(__x86_64__) && !defined(REAL_IS_DOUBLE)

#include <glib.h>
#include <immintrin.h>

#define BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

enum {
    MR = 8,       // rows of a tile
    NR = 48,      // its columns: three registers
    DEPTH = 1024, // k of a pass: a panel of B stays in the second-level cache
    ROWS = 128,   // a task's rows of C
    LEAST = 32,   // smaller products are left to gemm.h
};

bool gemm_bf16_here(void) {
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

typedef struct Job {
    View C, A, B;
    bool a_down, b_down; // k runs down the columns of the matrix, not along its rows
    bool add;
    int m, n, k, pairs; // pairs: of k, rounded up
    uint32_t *a, *b;    // packed: two bf16 each
} Job;

// Two rows of up to 16 floats to one register of (first, second) pairs.
BF16 static inline __m512i interleave(__m512 first, __m512 second) {
    __m512i low = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(first));
    __m512i high = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(second));
    return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

// k runs down: x (k, width) with `stride`, columns beyond `width` and rows beyond k
// zero.
BF16 static void pack_down(uint32_t *to, const float *x, int stride, int width,
                           int panel, int k) {
    for (int i = 0; i < k; i += 2, to += panel)
        for (int c = 0; c < panel; c += 16) {
            int left = width - c < 0 ? 0 : width - c;
            int room = panel - c < 16 ? panel - c : 16;
            __mmask16 take = left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
            const float *at = x + (ptrdiff_t)i * stride + c;
            __m512 first = _mm512_maskz_loadu_ps(take, at);
            __m512 second = _mm512_maskz_loadu_ps(i + 1 < k ? take : 0, at + stride);
            _mm512_mask_storeu_epi32(
                to + c, room == 16 ? 0xFFFF : (__mmask16)((1u << room) - 1),
                interleave(first, second));
        }
}

// k runs along: x (width, k) with `stride`. Rows become columns of the panel.
BF16 static void pack_along(uint32_t *to, const float *x, int stride, int width,
                            int panel, int k) {
    int pairs = (k + 1) / 2;
    for (int r = 0; r < panel; r++) {
        const float *row = x + (ptrdiff_t)r * stride;
        for (int i = 0; i < pairs; i += 8) {
            uint32_t eight[8] = {0};
            int left = r < width ? k - 2 * i : 0, room = pairs - i < 8 ? pairs - i : 8;
            __mmask16 take = left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
            __m256i half = (__m256i)_mm512_cvtneps_pbh(
                _mm512_maskz_loadu_ps(take, row + 2 * i));
            _mm256_storeu_si256((__m256i *)(void *)eight, half);
            for (int j = 0; j < room; j++)
                to[(size_t)(i + j) * (size_t)panel + (size_t)r] = eight[j];
        }
    }
}

static void pack_a(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++) {
        uint32_t *to = j->a + (size_t)i * (size_t)j->pairs * MR;
        int width = MIN(MR, j->m - i * MR);
        if (j->a_down)
            pack_down(to, j->A.at + i * MR, j->A.stride, width, MR, j->k);
        else
            pack_along(to, j->A.at + (ptrdiff_t)(i * MR) * j->A.stride, j->A.stride,
                       width, MR, j->k);
    }
}

static void pack_b(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++) {
        uint32_t *to = j->b + (size_t)i * (size_t)j->pairs * NR;
        int width = MIN(NR, j->n - i * NR);
        if (j->b_down)
            pack_down(to, j->B.at + i * NR, j->B.stride, width, NR, j->k);
        else
            pack_along(to, j->B.at + (ptrdiff_t)(i * NR) * j->B.stride, j->B.stride,
                       width, NR, j->k);
    }
}

// A tile of `rows` x `columns` sums over `pairs` of k, in `vectors` registers a row.
BF16 static inline __attribute__((always_inline)) void
tile(float *c, int stride, const uint32_t *a, const uint32_t *b, int pairs, int rows,
     int columns, bool add, const int vectors) {
    __m512 sum[MR][3];
    __mmask16 mask[3];
    for (int v = 0; v < vectors; v++) {
        int left = columns - 16 * v;
        mask[v] = left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
    }
#pragma GCC unroll 8
    for (int r = 0; r < MR; r++)
#pragma GCC unroll 3
        for (int v = 0; v < vectors; v++)
            sum[r][v] = add && r < rows
                            ? _mm512_maskz_loadu_ps(mask[v],
                                                    c + (ptrdiff_t)r * stride + 16 * v)
                            : _mm512_setzero_ps();
    for (int i = 0; i < pairs; i++, a += MR, b += NR) {
        __m512bh line[3];
#pragma GCC unroll 3
        for (int v = 0; v < vectors; v++)
            line[v] = (__m512bh)_mm512_loadu_si512(b + 16 * v);
#pragma GCC unroll 8
        for (int r = 0; r < MR; r++) {
            __m512bh pair = (__m512bh)_mm512_set1_epi32((int)a[r]);
#pragma GCC unroll 3
            for (int v = 0; v < vectors; v++)
                sum[r][v] = _mm512_dpbf16_ps(sum[r][v], pair, line[v]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < MR; r++)
#pragma GCC unroll 3
        for (int v = 0; v < vectors; v++)
            if (r < rows)
                _mm512_mask_storeu_ps(c + (ptrdiff_t)r * stride + 16 * v, mask[v],
                                      sum[r][v]);
}

BF16 static void tile3(float *c, int s, const uint32_t *a, const uint32_t *b, int pairs,
                       int rows, int columns, bool add) {
    tile(c, s, a, b, pairs, rows, columns, add, 3);
}
BF16 static void tile2(float *c, int s, const uint32_t *a, const uint32_t *b, int pairs,
                       int rows, int columns, bool add) {
    tile(c, s, a, b, pairs, rows, columns, add, 2);
}
BF16 static void tile1(float *c, int s, const uint32_t *a, const uint32_t *b, int pairs,
                       int rows, int columns, bool add) {
    tile(c, s, a, b, pairs, rows, columns, add, 1);
}

// Task t: one panel of B times ROWS rows of A.
static void multiply(void *data, int begin, int end) {
    const Job *j = data;
    int chunks = (j->m + ROWS - 1) / ROWS;
    for (int t = begin; t < end; t++) {
        int panel = t / chunks, first = t % chunks * ROWS,
            last = MIN(j->m, first + ROWS);
        int columns = MIN(NR, j->n - panel * NR);
        for (int pass = 0; pass < j->pairs; pass += DEPTH / 2) {
            int pairs = MIN(DEPTH / 2, j->pairs - pass);
            bool add = j->add || pass > 0;
            const uint32_t *b = j->b +
                                ((size_t)panel * (size_t)j->pairs + (size_t)pass) * NR;
            for (int i = first; i < last; i += MR) {
                const uint32_t *a = j->a + ((size_t)(i / MR) * (size_t)j->pairs +
                                            (size_t)pass) *
                                               MR;
                float *c = j->C.at + (ptrdiff_t)i * j->C.stride + panel * NR;
                (columns > 32   ? tile3
                 : columns > 16 ? tile2
                                : tile1)(c, j->C.stride, a, b, pairs, MIN(MR, last - i),
                                         columns, add);
            }
        }
    }
}

bool gemm_bf16(Pool *p, ProductKind kind, View C, View A, View B, int m, int n, int k,
               bool add) {
    if (m < LEAST || n < LEAST || k < LEAST || !gemm_bf16_here()) return false;
    Job j = {
        C,           A,    B,   kind == PRODUCT_TN, kind != PRODUCT_NT, add, m, n, k,
        (k + 1) / 2, NULL, NULL};
    size_t a_panels = (size_t)(m + MR - 1) / MR, b_panels = (size_t)(n + NR - 1) / NR;
    size_t a_size = (a_panels * (size_t)j.pairs * MR + 15) / 16 *
                    16; // whole cache lines
    size_t b_size = b_panels * (size_t)j.pairs * NR;
    j.a = pool_scratch(p, (a_size + b_size) * sizeof *j.a);
    j.b = j.a + a_size;
    pool_run(p, (int)a_panels, 4, pack_a, &j);
    pool_run(p, (int)b_panels, 1, pack_b, &j);
    int chunks = (m + ROWS - 1) / ROWS;
    pool_run(p, (int)b_panels * chunks, 1, multiply, &j);
    return true;
}

#else

bool gemm_bf16_here(void) { return false; }

bool gemm_bf16(Pool *p, ProductKind kind, View C, View A, View B, int m, int n, int k,
               bool add) {
    return false;
}

#endif
