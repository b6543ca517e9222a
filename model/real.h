// The type of number in which the model computes. Programs use float. Tests also
// compile the same sources with -DREAL_IS_DOUBLE, so that finite differences can check
// the gradients.
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

// e^x with a relative error of 2e-7, and 0 below -87, as 2^n times a polynomial
// (Cephes, expf.c). It has no call and no branch, so that loops over it become vector
// code.
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
    uint32_t bits = ((uint32_t)(int32_t)n + 127) << 23; // arbitrary for NaN
    real scale;
    memcpy(&scale, &bits, sizeof scale);
    return x <= -87.0f ? 0.0f : p * scale;
}
static inline real real_sqrt(real x) { return sqrtf(x); }
#endif

// A function marked so is compiled once per level of vector instructions, and the
// dynamic linker chooses the version for this CPU (function multiversioning). Sanitizer
// builds define NO_CLONES, since sanitizers are not initialised yet when the linker
// chooses. Such functions must be static and have a name that no other file uses,
// because clang 14 exports the function that chooses under a name derived from it.
#if defined(__x86_64__) && !defined(NO_CLONES)
#define VECTOR_CLONES                                                                  \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTOR_CLONES
#endif

#endif
