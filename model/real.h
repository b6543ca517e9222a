// The number the model computes in. Programs use float; tests compile these same
// sources with -DREAL_IS_DOUBLE, where finite differences can check a gradient.
#ifndef MODEL_REAL_H
#define MODEL_REAL_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef REAL_IS_DOUBLE
typedef double real;
static inline real real_exp(real x) { return exp(x); }
static inline real real_sqrt(real x) { return sqrt(x); }
#else
typedef float real;

// e^x to 2e-7 relative, 0 below -87: as 2^n times a polynomial, without a call or a
// branch, so that loops over it become vector code. Source: Cephes, expf.c.
static inline real real_exp(real x) {
    x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
    real n = x * 1.44269504f + 12582912.0f; // adding 1.5 * 2^23 rounds to an integer
    n -= 12582912.0f;
    real r = x - n * 0.693359375f + n * 2.12194440e-4f;
    real p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits = ((uint32_t)(int32_t)n + 127) << 23; // of no number, any
    real scale;
    memcpy(&scale, &bits, sizeof scale);
    return x <= -87.0f ? 0.0f : p * scale;
}
static inline real real_sqrt(real x) { return sqrtf(x); }
#endif

// A function so marked is compiled once per level of vector instructions, and the
// dynamic linker picks the one this CPU can run. Sanitizers cannot have it
// (NO_CLONES): they are not set up yet when the linker asks. Only static ones, of names
// that differ between files: clang 14 exports what picks them, and under a name of its
// own.
#if defined(__x86_64__) && !defined(NO_CLONES)
#define VECTOR_CLONES                                                                  \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTOR_CLONES
#endif

#endif
