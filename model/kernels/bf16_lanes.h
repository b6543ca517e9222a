// What the AVX512-BF16 kernels (bf16.c, softmax.c, cross_gather.c) share. It may be
// included only where BF16_LANES is defined: on x86-64 and in float.
#ifndef MODEL_KERNELS_BF16_LANES_H
#define MODEL_KERNELS_BF16_LANES_H

#if defined(__x86_64__) && !defined(REAL_IS_DOUBLE)
#define BF16_LANES

#include <immintrin.h>
#include <stdint.h>

#define BF16   __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define INLINE static inline __attribute__((always_inline))

BF16 INLINE __mmask16 first_lanes(int count) {
    return count >= 16 ? 0xFFFF : count <= 0 ? 0 : (__mmask16)((1u << count) - 1);
}

// Converts 32 neighbours of a row to 16 pairs.
BF16 INLINE __m512i pairs_contiguous(__m512 low, __m512 high) {
    return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

// Converts two rows of 16 numbers to 16 pairs (first, second).
BF16 INLINE __m512i pairs_strided(__m512 first, __m512 second) {
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26,
                                           10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4,
                                           19, 3, 18, 2, 17, 1, 16, 0);
    return _mm512_permutexvar_epi16(order, pairs_contiguous(first, second));
}

#define LOG2_E 1.44269504f

// 2^x with a relative error of 3e-6, far below the precision of bf16.
BF16 INLINE __m512 power_of_2(__m512 x) {
    __m512 whole = _mm512_roundscale_ps(x,
                                        _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 r = _mm512_sub_ps(x, whole);
    __m512 p = _mm512_set1_ps(1.3333558e-3f);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(9.6181291e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.5504109e-2f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(2.4022651e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(6.9314718e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(p, whole);
}

#endif
#endif
