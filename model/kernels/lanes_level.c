// One level of lanes.h; compiled several times, with LEVEL its name.
#include "model/kernels/lanes.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

// The registers of this level: W sums; W pairs of weights, widened to int16; and one
// pair of x repeated in all lanes. The intrinsics are needed because compilers do not
// choose these instructions by themselves.
#if defined(__AVX512VNNI__)
enum { W = 16 };
typedef __m512i Sums;
INLINE Sums none(void) { return _mm512_setzero_si512(); }
INLINE Sums widen(const int8_t *at) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(const void *)at));
}
INLINE Sums pair(const int16_t *x) {
    int32_t both;
    memcpy(&both, x, sizeof both);
    return _mm512_set1_epi32(both);
}
INLINE Sums dot(Sums s, Sums w, Sums x) { return _mm512_dpwssd_epi32(s, w, x); }
INLINE Sums plus(Sums a, Sums b) { return _mm512_add_epi32(a, b); }
#elif defined(__AVX2__)
enum { W = 8 };
typedef __m256i Sums;
INLINE Sums none(void) { return _mm256_setzero_si256(); }
INLINE Sums widen(const int8_t *at) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)at));
}
INLINE Sums pair(const int16_t *x) {
    int32_t both;
    memcpy(&both, x, sizeof both);
    return _mm256_set1_epi32(both);
}
INLINE Sums dot(Sums s, Sums w, Sums x) {
    return _mm256_add_epi32(s, _mm256_madd_epi16(w, x));
}
INLINE Sums plus(Sums a, Sums b) { return _mm256_add_epi32(a, b); }
#else
enum { W = 4 };
typedef int32_t Sums __attribute__((vector_size(W * sizeof(int32_t))));
typedef int16_t Shorts __attribute__((vector_size(2 * W * sizeof(int16_t))));
INLINE Sums none(void) { return (Sums){0}; }
INLINE Sums widen(const int8_t *at) {
    return (Sums)(Shorts){at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]};
}
INLINE Sums pair(const int16_t *x) {
    return (Sums)(Shorts){x[0], x[1], x[0], x[1], x[0], x[1], x[0], x[1]};
}
INLINE Sums dot(Sums s, Sums w, Sums x) {
    // The first of a pair is the low half of its lane, because the machine is
    // little-endian.
    Sums low = (w << 16 >> 16) * (x << 16 >> 16), high = (w >> 16) * (x >> 16);
    return s + low + high;
}
INLINE Sums plus(Sums a, Sums b) { return a + b; }
#endif

INLINE void store(int32_t *at, Sums x) { memcpy(at, &x, sizeof x); }

typedef real Eight __attribute__((vector_size(8 * sizeof(real))));

INLINE Eight eight(const real *at) {
    Eight x;
    memcpy(&x, at, sizeof x);
    return x;
}

// Computes 4 W outputs of a panel for one row of x. Even and odd pairs have separate
// sums, so that no addition waits for the one before.
INLINE void part_of_one(int32_t *sums, const int8_t *w, const int16_t *x, int pairs) {
    Sums a0 = none(), a1 = none(), a2 = none(), a3 = none();
    for (int i = 0; i < pairs; i++, w += 2 * LANES_PANEL) {
        Sums both = pair(x + 2 * i);
        a0 = dot(a0, widen(w), both), a1 = dot(a1, widen(w + 2 * W), both);
        a2 = dot(a2, widen(w + 4 * W), both), a3 = dot(a3, widen(w + 6 * W), both);
    }
    store(sums, a0), store(sums + W, a1);
    store(sums + 2 * W, a2), store(sums + 3 * W, a3);
}

// Does the same for two rows of x, for which the weights are loaded only once.
INLINE void part_of_two(int32_t *sums0, int32_t *sums1, const int8_t *w,
                        const int16_t *x0, const int16_t *x1, int pairs) {
    Sums a0 = none(), a1 = none(), a2 = none(), a3 = none();
    Sums b0 = none(), b1 = none(), b2 = none(), b3 = none();
    for (int i = 0; i < pairs; i++, w += 2 * LANES_PANEL) {
        Sums a = pair(x0 + 2 * i), b = pair(x1 + 2 * i);
        Sums w0 = widen(w), w1 = widen(w + 2 * W);
        Sums w2 = widen(w + 4 * W), w3 = widen(w + 6 * W);
        a0 = dot(a0, w0, a), b0 = dot(b0, w0, b), a1 = dot(a1, w1, a);
        b1 = dot(b1, w1, b), a2 = dot(a2, w2, a), b2 = dot(b2, w2, b);
        a3 = dot(a3, w3, a), b3 = dot(b3, w3, b);
    }
    store(sums0, a0), store(sums0 + W, a1), store(sums0 + 2 * W, a2);
    store(sums0 + 3 * W, a3), store(sums1, b0), store(sums1 + W, b1);
    store(sums1 + 2 * W, b2), store(sums1 + 3 * W, b3);
}

static void panel(int32_t sums[2][LANES_PANEL], const int8_t *w, const int16_t *x0,
                  const int16_t *x1, int pairs) {
    for (int o = 0; o < LANES_PANEL; o += 4 * W)
        if (x1)
            part_of_two(sums[0] + o, sums[1] + o, w + 2 * o, x0, x1, pairs);
        else
            part_of_one(sums[0] + o, w + 2 * o, x0, pairs);
}

// Computes the scores of W keys. Even and odd pairs of channels have separate sums, so
// that no addition waits for the one before.
INLINE void some_keys(int32_t *s, const int8_t *k, const int16_t *q, int pairs) {
    Sums even = none(), odd = none();
    int c = 0;
    for (; c + 1 < pairs; c += 2, k += 4 * LANES_KEYS) {
        even = dot(even, widen(k), pair(q + 2 * c));
        odd = dot(odd, widen(k + 2 * LANES_KEYS), pair(q + 2 * c + 2));
    }
    if (c < pairs) even = dot(even, widen(k), pair(q + 2 * c));
    store(s, plus(even, odd));
}

static void keys(int32_t *s, const int8_t *k, const int16_t *q, int pairs, int count) {
    for (int key = 0; key < count; key += LANES_KEYS, k += 2 * LANES_KEYS * pairs)
        for (int i = 0; i < LANES_KEYS; i += W)
            some_keys(s + key + i, k + 2 * i, q, pairs);
}

// Computes `vectors` neighbouring vectors of channels, at most two.
INLINE void some_values(int32_t *o, const int16_t *p, const int8_t *v, int pairs,
                        int dh, const int vectors) {
    Sums even[2] = {none(), none()}, odd[2] = {none(), none()};
    int j = 0;
    for (; j + 1 < pairs; j += 2, v += 4 * dh) {
        Sums p0 = pair(p + 2 * j), p1 = pair(p + 2 * j + 2);
        for (int i = 0; i < vectors; i++) {
            even[i] = dot(even[i], widen(v + 2 * W * i), p0);
            odd[i] = dot(odd[i], widen(v + 2 * dh + 2 * W * i), p1);
        }
    }
    for (int i = 0; i < vectors; i++) {
        if (j < pairs) even[i] = dot(even[i], widen(v + 2 * W * i), pair(p + 2 * j));
        store(o + W * i, plus(even[i], odd[i]));
    }
}

static void values(int32_t *o, const int16_t *p, const int8_t *v, int pairs, int dh) {
    int c = 0;
    for (; c + 4 * W <= dh; c += 4 * W) {
        Sums s0 = none(), s1 = none(), s2 = none(), s3 = none();
        const int8_t *row = v + 2 * c;
        for (int j = 0; j < pairs; j++, row += 2 * dh) {
            Sums both = pair(p + 2 * j);
            s0 = dot(s0, widen(row), both), s1 = dot(s1, widen(row + 2 * W), both);
            s2 = dot(s2, widen(row + 4 * W), both);
            s3 = dot(s3, widen(row + 6 * W), both);
        }
        store(o + c, s0), store(o + c + W, s1);
        store(o + c + 2 * W, s2), store(o + c + 3 * W, s3);
    }
    for (; c + 2 * W <= dh; c += 2 * W) some_values(o + c, p, v + 2 * c, pairs, dh, 2);
    for (; c + W <= dh; c += W) some_values(o + c, p, v + 2 * c, pairs, dh, 1);
    for (; c < dh; c++) {
        const int8_t *at = v + 2 * c;
        o[c] = 0;
        for (int j = 0; j < pairs; j++, at += 2 * dh)
            o[c] += p[2 * j] * at[0] + p[2 * j + 1] * at[1];
    }
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

static void scores(real *s, const real *start, const real *angles,
                   const uint16_t *order, int count, const real *row, int r) {
    for (int i = 0; i < count; i++, s += 8) {
        const real *angle = angles + (ptrdiff_t)order[i] * r;
        Eight even = eight(start), odd = {0};
        for (int c = 0; c < r; c += 2) {
            even += angle[c] * eight(row + 8 * c);
            odd += angle[c + 1] * eight(row + 8 * c + 8);
        }
        even += odd;
        memcpy(s, &even, sizeof even);
    }
}

typedef int32_t Ints __attribute__((vector_size(8 * sizeof(int32_t))));

// The numbers of x, rounded to integers: adding 1.5 * 2^(bits of the mantissa - 1)
// leaves them in the low bits.
#ifdef REAL_IS_DOUBLE
typedef int64_t Bits __attribute__((vector_size(8 * sizeof(int64_t))));
static const real TO_INTEGER = 6755399441055744.0;
#else
typedef Ints Bits;
static const real TO_INTEGER = 12582912.0f;
#endif
INLINE Ints rounded(Eight x) {
    x += TO_INTEGER;
    Bits bits;
    memcpy(&bits, &x, sizeof bits);
    return __builtin_convertvector(bits, Ints);
}

// The two factors of a pair of channels, side by side for each head.
INLINE Ints turned_pair(const real *k, const real *q) {
    Eight ka = eight(k), kb = eight(k + 8), qa = eight(q), qb = eight(q + 8);
    Ints cosine = rounded(qa * ka + qb * kb), sine = rounded(qb * ka - qa * kb);
    return (cosine & 0xffff) | sine << 16;
}

static void turn_rounded(int16_t *to, const real *k, const real *q, int r) {
    for (int c = 0; c < r; c += 4, to += 32) {
        Ints a = turned_pair(k + 8 * c, q + 8 * c), b = {0};
        if (c + 2 < r) b = turned_pair(k + 8 * c + 16, q + 8 * c + 16);
        Ints low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
        Ints high = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
        memcpy(to, &low, sizeof low);
        memcpy(to + 16, &high, sizeof high);
    }
}

// The sums of one input, the scores of its eight heads.
#if defined(__AVX512VNNI__)
typedef __m512i Fours;
INLINE Fours no_fours(void) { return _mm512_setzero_si512(); }
INLINE Fours dot_fours(Fours s, const int16_t *row, const int16_t *angle) {
    int64_t four;
    memcpy(&four, angle, sizeof four);
    return _mm512_dpwssd_epi32(s, _mm512_loadu_si512(row), _mm512_set1_epi64(four));
}
INLINE Ints sum_fours(Fours s) {
    s = _mm512_add_epi32(s, _mm512_srli_epi64(s, 32));
    return (Ints)_mm512_cvtepi64_epi32(s);
}
#elif defined(__AVX2__)
typedef struct Fours {
    __m256i low, high; // heads 0 .. 3 and 4 .. 7
} Fours;
INLINE Fours no_fours(void) {
    return (Fours){_mm256_setzero_si256(), _mm256_setzero_si256()};
}
INLINE Fours dot_fours(Fours s, const int16_t *row, const int16_t *angle) {
    const __m256i *at = (const __m256i *)(const void *)row;
    int64_t four;
    memcpy(&four, angle, sizeof four);
    __m256i x = _mm256_set1_epi64x(four);
    s.low = _mm256_add_epi32(s.low, _mm256_madd_epi16(_mm256_loadu_si256(at), x));
    s.high = _mm256_add_epi32(s.high, _mm256_madd_epi16(_mm256_loadu_si256(at + 1), x));
    return s;
}
INLINE Ints sum_fours(Fours s) {
    // The sums of heads 0 1 4 5 2 3 6 7
    __m256i sums = _mm256_hadd_epi32(s.low, s.high);
    return (Ints)_mm256_permute4x64_epi64(sums, _MM_SHUFFLE(3, 1, 2, 0));
}
#else
typedef Ints Fours;
INLINE Fours no_fours(void) { return (Fours){0}; }
INLINE Fours dot_fours(Fours s, const int16_t *row, const int16_t *angle) {
    for (int h = 0; h < 8; h++, row += 4)
        s[h] += row[0] * angle[0] + row[1] * angle[1] + row[2] * angle[2] +
                row[3] * angle[3];
    return s;
}
INLINE Ints sum_fours(Fours s) { return s; }
#endif

// Computes the scores of n inputs, for which the row is loaded once; n is at most 4.
INLINE void some_scores(real *s, Eight start, Eight unit, const int16_t *angles,
                        const uint16_t *order, const int16_t *row, int fours,
                        const int n) {
    Fours sums[4] = {no_fours(), no_fours(), no_fours(), no_fours()};
    const int16_t *at[4];
    for (int i = 0; i < n; i++) at[i] = angles + (ptrdiff_t)order[i] * 4 * fours;
    for (int c = 0; c < fours; c++)
        for (int i = 0; i < n; i++)
            sums[i] = dot_fours(sums[i], row + 32 * c, at[i] + 4 * c);
    for (int i = 0; i < n; i++) {
        Eight x = start + unit * __builtin_convertvector(sum_fours(sums[i]), Eight);
        memcpy(s + 8 * i, &x, sizeof x);
    }
}

static void scores_rounded(real *s, const real *start, const real *unit,
                           const int16_t *angles, const uint16_t *order, int count,
                           const int16_t *row, int r) {
    Eight from = eight(start), by = eight(unit);
    int fours = (r + 3) / 4, i = 0;
    for (; i + 4 <= count; i += 4)
        some_scores(s + 8 * i, from, by, angles, order + i, row, fours, 4);
    if (i + 2 <= count) {
        some_scores(s + 8 * i, from, by, angles, order + i, row, fours, 2);
        i += 2;
    }
    if (i < count) some_scores(s + 8 * i, from, by, angles, order + i, row, fours, 1);
}

typedef real Wide __attribute__((vector_size(4 * W)));

static double madds(real *sink, int rounds) {
    Wide x = {0}, a, b, c, d, e, f, g, h, i, j; // must differ, or they would be merged
    a = x + sink[1], b = x + sink[2], c = x + sink[3], d = x + sink[4];
    e = x + sink[5], f = x + sink[6], g = x + sink[7], h = x + sink[8];
    i = x + sink[9], j = x + sink[10], x += sink[0];
    for (int n = 0; n < rounds; n++) {
        a = a * x + x, b = b * x + x, c = c * x + x, d = d * x + x, e = e * x + x;
        f = f * x + x, g = g * x + x, h = h * x + x, i = i * x + x, j = j * x + x;
    }
    a += b + c + d + e + f + g + h + i + j;
    memcpy(sink, &a, sizeof a);
    return 10.0 * (double)(sizeof(Wide) / sizeof(real)) * rounds;
}

typedef uint64_t Quads __attribute__((vector_size(64)));

static int64_t read_all(const void *at, size_t bytes) {
    Quads a = {0}, b = {0}, c = {0}, d = {0}, x;
    for (const char *p = at, *end = p + bytes; p < end; p += 256) {
        memcpy(&x, p, 64), a += x;
        memcpy(&x, p + 64, 64), b += x;
        memcpy(&x, p + 128, 64), c += x;
        memcpy(&x, p + 192, 64), d += x;
    }
    a += b + c + d;
    uint64_t sum = 0; // the sum has no meaning, so it may overflow
    for (int i = 0; i < 8; i++) sum += a[i];
    return (int64_t)sum;
}

static bool is_supported(void) {
#if defined(__AVX512VNNI__)
    return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
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
const Lanes NAME(LEVEL) = {TEXT(LEVEL),  is_supported,   panel, keys,
                           values,       kinds,          turn,  scores,
                           turn_rounded, scores_rounded, madds, read_all};
