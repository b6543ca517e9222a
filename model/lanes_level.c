// One level of lanes.h; compiled several times, with LEVEL its name.
#include "model/lanes.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

// Wide is as many numbers as this level's registers hold. The compiler takes
// conversions of small integers apart into single numbers, so those are said in its own
// words.
#if defined(__AVX512F__) && !defined(REAL_IS_DOUBLE)
enum { W = 16 };
typedef real Wide __attribute__((vector_size(W * sizeof(real))));

INLINE Wide widen_bytes(const int8_t *at) {
    return _mm512_cvtepi32_ps(
        _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)at)));
}

#elif defined(__AVX2__) && !defined(REAL_IS_DOUBLE)
enum { W = 8 };
typedef real Wide __attribute__((vector_size(W * sizeof(real))));

INLINE Wide widen_bytes(const int8_t *at) {
    return _mm256_cvtepi32_ps(
        _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)at)));
}

#else
enum { W = 4 };
typedef real Wide __attribute__((vector_size(W * sizeof(real))));

INLINE Wide widen_bytes(const int8_t *at) { return (Wide){at[0], at[1], at[2], at[3]}; }

#endif

typedef real Eight __attribute__((vector_size(8 * sizeof(real))));

INLINE Eight eight(const real *at) {
    Eight x;
    memcpy(&x, at, sizeof x);
    return x;
}

INLINE void store(real *at, Wide x) { memcpy(at, &x, sizeof x); }
INLINE void add_to(real *at, Wide x) {
    Wide old;
    memcpy(&old, at, sizeof old);
    store(at, old + x);
}

// 4 W outputs of a panel, of one row of x: even and odd inputs by themselves.
INLINE void part_of_one(real *sums, const int8_t *w, const real *x, int in) {
    Wide a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, b0 = {0}, b1 = {0}, b2 = {0}, b3 = {0};
    int i = 0;
    for (; i + 1 < in; i += 2, w += 2 * LANES_PANEL) {
        const int8_t *odd = w + LANES_PANEL;
        a0 += x[i] * widen_bytes(w), b0 += x[i + 1] * widen_bytes(odd);
        a1 += x[i] * widen_bytes(w + W), b1 += x[i + 1] * widen_bytes(odd + W);
        a2 += x[i] * widen_bytes(w + 2 * W), b2 += x[i + 1] * widen_bytes(odd + 2 * W);
        a3 += x[i] * widen_bytes(w + 3 * W), b3 += x[i + 1] * widen_bytes(odd + 3 * W);
    }
    if (i < in) {
        a0 += x[i] * widen_bytes(w), a1 += x[i] * widen_bytes(w + W);
        a2 += x[i] * widen_bytes(w + 2 * W), a3 += x[i] * widen_bytes(w + 3 * W);
    }
    store(sums, a0 + b0), store(sums + W, a1 + b1);
    store(sums + 2 * W, a2 + b2), store(sums + 3 * W, a3 + b3);
}

// Of two rows, which share the weights' way in.
INLINE void part_of_two(real *sums0, real *sums1, const int8_t *w, const real *x0,
                        const real *x1, int in) {
    Wide a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, b0 = {0}, b1 = {0}, b2 = {0}, b3 = {0};
    for (int i = 0; i < in; i++, w += LANES_PANEL) {
        Wide w0 = widen_bytes(w), w1 = widen_bytes(w + W);
        Wide w2 = widen_bytes(w + 2 * W), w3 = widen_bytes(w + 3 * W);
        a0 += x0[i] * w0, b0 += x1[i] * w0, a1 += x0[i] * w1, b1 += x1[i] * w1;
        a2 += x0[i] * w2, b2 += x1[i] * w2, a3 += x0[i] * w3, b3 += x1[i] * w3;
    }
    store(sums0, a0), store(sums0 + W, a1), store(sums0 + 2 * W, a2);
    store(sums0 + 3 * W, a3), store(sums1, b0), store(sums1 + W, b1);
    store(sums1 + 2 * W, b2), store(sums1 + 3 * W, b3);
}

static void panel(real sums[2][LANES_PANEL], const int8_t *w, const real *x0,
                  const real *x1, int in) {
    for (int o = 0; o < LANES_PANEL; o += 4 * W)
        if (x1)
            part_of_two(sums[0] + o, sums[1] + o, w + o, x0, x1, in);
        else
            part_of_one(sums[0] + o, w + o, x0, in);
}

static void keys(real *s, const int8_t *k, const real *scale, const real *q, int dh) {
    for (int i = 0; i < LANES_KEYS; i += W) {
        Wide a = {0}, b = {0}, c = {0}, d = {0};
        const int8_t *at = k + i;
        int x = 0;
        for (; x + 3 < dh; x += 4, at += 4 * LANES_KEYS) {
            a += q[x] * widen_bytes(at);
            b += q[x + 1] * widen_bytes(at + LANES_KEYS);
            c += q[x + 2] * widen_bytes(at + 2 * LANES_KEYS);
            d += q[x + 3] * widen_bytes(at + 3 * LANES_KEYS);
        }
        for (; x < dh; x++, at += LANES_KEYS) a += q[x] * widen_bytes(at);
        store(s + i, a + b + (c + d));
    }
    for (int i = 0; i < LANES_KEYS; i++) s[i] *= scale[i];
}

static void values(real *o, const real *p, const int8_t *v, int count, int dh) {
    int c = 0;
    for (; c + 4 * W <= dh; c += 4 * W) {
        Wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        const int8_t *row = v + c;
        for (int j = 0; j < count; j++, row += dh) {
            s0 += p[j] * widen_bytes(row), s1 += p[j] * widen_bytes(row + W);
            s2 += p[j] * widen_bytes(row + 2 * W);
            s3 += p[j] * widen_bytes(row + 3 * W);
        }
        add_to(o + c, s0), add_to(o + c + W, s1);
        add_to(o + c + 2 * W, s2), add_to(o + c + 3 * W, s3);
    }
    for (; c + W <= dh; c += W) {
        Wide sum = {0};
        for (int j = 0; j < count; j++)
            sum += p[j] * widen_bytes(v + (ptrdiff_t)j * dh + c);
        add_to(o + c, sum);
    }
    for (; c < dh; c++)
        for (int j = 0; j < count; j++) o[c] += p[j] * (real)v[(ptrdiff_t)j * dh + c];
}

static void kinds(real *s, int step, const real *k, int stride, const real *q,
                  int channels, int count) {
    for (int v = 0; v < count; v++, s += 8 * step, k += 8 * (ptrdiff_t)stride) {
        Eight even = {0}, odd = {0};
        int c = 0;
        for (; c + 1 < channels; c += 2) {
            even += eight(q + 8 * c) * eight(k + 8 * c);
            odd += eight(q + 8 * c + 8) * eight(k + 8 * c + 8);
        }
        if (c < channels) even += eight(q + 8 * c) * eight(k + 8 * c);
        even += odd;
        memcpy(s, &even, sizeof even);
    }
}

static void turn(real *to, const real *k, const real *q, int r) {
    for (int c = 0; c < 8 * r; c += 16) {
        Eight ka = eight(k + c), kb = eight(k + c + 8);
        Eight qa = eight(q + c), qb = eight(q + c + 8);
        Eight cosine = qa * ka + qb * kb, sine = qb * ka - qa * kb;
        memcpy(to + c, &cosine, sizeof cosine);
        memcpy(to + c + 8, &sine, sizeof sine);
    }
}

static void score(real *s, const real *start, const real *angle, const real *row,
                  int r) {
    Eight even = eight(start), odd = {0};
    for (int c = 0; c < r; c += 2) {
        even += angle[c] * eight(row + 8 * c);
        odd += angle[c + 1] * eight(row + 8 * c + 8);
    }
    even += odd;
    memcpy(s, &even, sizeof even);
}

static double madds(real *sink, int rounds) {
    Wide x = {0}, a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0},
         h = {0};
    Wide i = {0}, j = {0};
    x += sink[0];
    for (int n = 0; n < rounds; n++) {
        a = a * x + x, b = b * x + x, c = c * x + x, d = d * x + x, e = e * x + x;
        f = f * x + x, g = g * x + x, h = h * x + x, i = i * x + x, j = j * x + x;
    }
    add_to(sink, a + b + c + d + e + f + g + h + i + j);
    return 10.0 * W * rounds;
}

typedef int64_t Quads __attribute__((vector_size(64)));

static int64_t read_all(const void *at, size_t bytes) {
    Quads a = {0}, b = {0}, c = {0}, d = {0}, x;
    for (const char *p = at, *end = p + bytes; p < end; p += 256) {
        memcpy(&x, p, 64), a += x;
        memcpy(&x, p + 64, 64), b += x;
        memcpy(&x, p + 128, 64), c += x;
        memcpy(&x, p + 192, 64), d += x;
    }
    a += b + c + d;
    int64_t sum = 0;
    for (int i = 0; i < 8; i++) sum += a[i];
    return sum;
}

static bool here(void) {
#if defined(__AVX512F__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
#elif defined(__AVX2__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2");
#else
    return true;
#endif
}

#define NAME_(level) lanes_##level
#define NAME(level)  NAME_(level)
#define TEXT_(level) #level
#define TEXT(level)  TEXT_(level)
extern const Lanes NAME(LEVEL);
const Lanes NAME(LEVEL) = {TEXT(LEVEL), here, panel, keys,  values,
                           kinds,       turn, score, madds, read_all};
