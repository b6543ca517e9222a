#include "model/kernels/bf16.h"

#include "model/kernels/bf16_lanes.h"

#ifdef BF16_LANES

enum { DEPTH = 512 }; // pairs per pass, so that a panel stays in the first-level cache

bool bf16_here(void) {
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

// Converts up to 32 floats of a row to 16 pairs.
BF16 INLINE __m512i pairs_of(const float *x, int left, __m512 scale) {
    __m512 low = _mm512_maskz_loadu_ps(first_lanes(left), x);
    __m512 high = _mm512_maskz_loadu_ps(first_lanes(left - 16), x + 16);
    return pairs_contiguous(_mm512_mul_ps(low, scale), _mm512_mul_ps(high, scale));
}

BF16 void bf16_pack_rows(uint32_t *to, int room, const float *x, int stride, int rows,
                         int k, float scale) {
    int pairs = (k + 1) / 2;
    __m512 by = _mm512_set1_ps(scale);
    for (int r = 0; r < rows; r++, x += stride, to += room)
        for (int i = 0; i < pairs; i += 16)
            _mm512_mask_storeu_epi32(to + i, first_lanes(pairs - i),
                                     pairs_of(x + 2 * i, k - 2 * i, by));
}

BF16 void bf16_pack_panel(uint32_t *to, const float *x, int stride, int width, int k,
                          float scale) {
    __m512 by = _mm512_set1_ps(scale);
    for (int i = 0; i < k; i += 2, to += BF16_PANEL, x += 2 * (ptrdiff_t)stride)
        for (int c = 0; c < width; c += 16) {
            __mmask16 take = first_lanes(width - c);
            __m512 first = _mm512_maskz_loadu_ps(take, x + c);
            __m512 second = _mm512_maskz_loadu_ps(i + 1 < k ? take : 0, x + c + stride);
            _mm512_storeu_si512(to + c, pairs_strided(_mm512_mul_ps(first, by),
                                                      _mm512_mul_ps(second, by)));
        }
}

BF16 void bf16_pack_both(uint32_t *rows, int room, uint32_t *panel, float *sums,
                         const float *x, int stride, int width, int k) {
    __m512 sum[3];
    __mmask16 take[3];
    for (int v = 0; v < 3; v++) {
        sum[v] = _mm512_setzero_ps();
        take[v] = first_lanes(width - 16 * v);
    }
    __mmask16 low = first_lanes((width + 1) / 2), high = first_lanes((width - 31) / 2);
    for (int i = 0; i < k; i += 2, panel += BF16_PANEL) {
        __m512 pair[2][3];
#pragma GCC unroll 2
        for (int r = 0; r < 2; r++)
#pragma GCC unroll 3
            for (int v = 0; v < 3; v++) {
                pair[r][v] = _mm512_maskz_loadu_ps(
                    i + r < k ? take[v] : 0, x + (ptrdiff_t)(i + r) * stride + 16 * v);
                sum[v] = _mm512_add_ps(sum[v], pair[r][v]);
            }
#pragma GCC unroll 3
        for (int v = 0; v < 3; v++)
            _mm512_storeu_si512(panel + 16 * v, pairs_strided(pair[0][v], pair[1][v]));
        for (int r = 0; r < 2 && i + r < k; r++) {
            uint32_t *row = rows + (ptrdiff_t)(i + r) * room;
            _mm512_mask_storeu_epi32(row, low,
                                     pairs_contiguous(pair[r][0], pair[r][1]));
            _mm512_mask_storeu_epi32(row + 16, high,
                                     pairs_contiguous(pair[r][2], _mm512_setzero_ps()));
        }
    }
    for (int v = 0; v < 3; v++) _mm512_mask_storeu_ps(sums + 16 * v, take[v], sum[v]);
}

// Transposes 16 registers of 16 pairs in four rounds that exchange halves.
BF16 INLINE void turn(__m512i x[16]) {
    __m512i y[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i += 2) {
        y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
        y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; i += 4)
#pragma GCC unroll 2
        for (int j = 0; j < 2; j++) {
            x[i + 2 * j] = _mm512_unpacklo_epi64(y[i + j], y[i + j + 2]);
            x[i + 2 * j + 1] = _mm512_unpackhi_epi64(y[i + j], y[i + j + 2]);
        }
        // By now quarter q of x[4 g + c] holds rows 4 g .. 4 g + 3 of column 4 q + c.
#pragma GCC unroll 4
    for (int c = 0; c < 4; c++) {
        __m512i a = _mm512_shuffle_i32x4(x[c], x[4 + c], 0x88);
        __m512i b = _mm512_shuffle_i32x4(x[8 + c], x[12 + c], 0x88);
        __m512i e = _mm512_shuffle_i32x4(x[c], x[4 + c], 0xdd);
        __m512i f = _mm512_shuffle_i32x4(x[8 + c], x[12 + c], 0xdd);
        y[c] = _mm512_shuffle_i32x4(a, b, 0x88);
        y[8 + c] = _mm512_shuffle_i32x4(a, b, 0xdd);
        y[4 + c] = _mm512_shuffle_i32x4(e, f, 0x88);
        y[12 + c] = _mm512_shuffle_i32x4(e, f, 0xdd);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) x[i] = y[i];
}

BF16 void bf16_pack_turned(uint32_t *to, const float *x, int stride, int width, int k,
                           float scale) {
    int pairs = (k + 1) / 2;
    __m512 by = _mm512_set1_ps(scale);
    for (int c = 0; c < width; c += 16)
        for (int i = 0; i < pairs; i += 16) {
            __m512i block[16];
            for (int r = 0; r < 16; r++)
                block[r] = pairs_of(x + (ptrdiff_t)(c + r) * stride + 2 * i,
                                    c + r < width ? k - 2 * i : 0, by);
            turn(block);
            for (int j = 0; j < 16 && i + j < pairs; j++)
                _mm512_storeu_si512(to + (ptrdiff_t)(i + j) * BF16_PANEL + c, block[j]);
        }
}

typedef struct Tile {
    MatrixView c, start;
    const uint32_t *a, *b;
    ptrdiff_t stride_a; // between rows
    int pairs, rows, columns;
} Tile;

INLINE float *at(MatrixView x, int row) { return x.at + (ptrdiff_t)row * x.stride; }

// Computes one tile, with `vectors` registers per row. Rows beyond the last row of the
// matrix repeat its pairs and are not stored.
BF16 INLINE void tile_of(const Tile *t, const int vectors, const bool k_contiguous,
                         const int rows) {
    __m512 sum[BF16_ROWS][3];
    __mmask16 mask[3];
    const uint32_t *a[BF16_ROWS], *b = t->b;
    const float *start = t->start.at;
    for (int v = 0; v < vectors; v++) mask[v] = first_lanes(t->columns - 16 * v);
#pragma GCC unroll 8
    for (int r = 0; r < BF16_ROWS; r++) {
        int row = r < rows ? r : rows - 1;
        a[r] = t->a + row * t->stride_a;
#pragma GCC unroll 3
        for (int v = 0; v < vectors; v++)
            sum[r][v] = start && r < rows
                            ? _mm512_maskz_loadu_ps(mask[v], at(t->start, r) + 16 * v)
                            : _mm512_setzero_ps();
    }
    for (int i = 0; i < t->pairs; i++, b += BF16_PANEL) {
        __m512bh line[3];
#pragma GCC unroll 3
        for (int v = 0; v < vectors; v++)
            line[v] = (__m512bh)_mm512_loadu_si512(b + 16 * v);
#pragma GCC unroll 8
        for (int r = 0; r < BF16_ROWS; r++) {
            uint32_t one = k_contiguous ? a[r][i] : a[0][i * BF16_PANEL + r];
            __m512bh pair = (__m512bh)_mm512_set1_epi32((int)one);
#pragma GCC unroll 3
            for (int v = 0; v < vectors; v++)
                sum[r][v] = _mm512_dpbf16_ps(sum[r][v], pair, line[v]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < BF16_ROWS; r++)
#pragma GCC unroll 3
        for (int v = 0; v < vectors; v++)
            if (r < rows)
                _mm512_mask_storeu_ps(at(t->c, r) + 16 * v, mask[v], sum[r][v]);
}

BF16 INLINE void tile(const Tile *t, const int vectors, const bool k_contiguous) {
    if (t->rows == BF16_ROWS)
        tile_of(t, vectors, k_contiguous, BF16_ROWS);
    else
        tile_of(t, vectors, k_contiguous, t->rows);
}

BF16 static void contiguous3(const Tile *t) { tile(t, 3, true); }
BF16 static void contiguous2(const Tile *t) { tile(t, 2, true); }
BF16 static void contiguous1(const Tile *t) { tile(t, 1, true); }
BF16 static void strided3(const Tile *t) { tile(t, 3, false); }
BF16 static void strided2(const Tile *t) { tile(t, 2, false); }
BF16 static void strided1(const Tile *t) { tile(t, 1, false); }

static void (*const tiles[2][3])(const Tile *) = {
    {strided1, strided2, strided3}, {contiguous1, contiguous2, contiguous3}};

static int least(int a, int b) { return a < b ? a : b; }

static MatrixView from(MatrixView x, int row, int column) {
    return x.at ? view(at(x, row) + column, x.stride) : x;
}

static void multiply_panel(Tile t, Bf16Left a, int m, ptrdiff_t first) {
    MatrixView c = t.c, start = t.start;
    for (int row = 0; row < m; row += BF16_ROWS) {
        int panel = row / BF16_PANEL, in_panel = row % BF16_PANEL;
        t.c = from(c, row, 0);
        t.start = from(start, row, 0);
        t.a = a.panels ? a.at + panel * a.stride + first * BF16_PANEL + in_panel
                       : a.at + row * a.stride + first;
        t.rows = least(BF16_ROWS, m - row);
        tiles[!a.panels][(t.columns - 1) / 16](&t);
    }
}

void bf16_multiply(MatrixView C, MatrixView start, Bf16Left a, const uint32_t *b,
                   ptrdiff_t stride, int m, int n, int pairs) {
    for (int column = 0; column < n; column += BF16_PANEL, b += stride)
        for (int first = 0; first < pairs; first += DEPTH) {
            Tile t = {.c = from(C, 0, column),
                      .start = from(first > 0 ? C : start, 0, column),
                      .b = b + (ptrdiff_t)first * BF16_PANEL,
                      .stride_a = a.panels ? 0 : a.stride,
                      .pairs = least(DEPTH, pairs - first),
                      .columns = least(BF16_PANEL, n - column)};
            multiply_panel(t, a, m, first);
        }
}

#else

bool bf16_here(void) { return false; }
void bf16_pack_rows(uint32_t *to, int room, const real *x, int stride, int rows, int k,
                    real scale) {}
void bf16_pack_panel(uint32_t *to, const real *x, int stride, int width, int k,
                     real scale) {}
void bf16_pack_turned(uint32_t *to, const real *x, int stride, int width, int k,
                      real scale) {}
void bf16_pack_both(uint32_t *rows, int room, uint32_t *panel, real *sums,
                    const real *x, int stride, int width, int k) {}
void bf16_multiply(MatrixView C, MatrixView start, Bf16Left a, const uint32_t *b,
                   ptrdiff_t stride, int m, int n, int pairs) {}

#endif
