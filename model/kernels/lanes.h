// The inner loops of generation, where one latent at a time meets weights, inputs and
// caches: dot products whose sums lie side by side in the lanes of the vector units.
// Compiled once per CPU level (x86-64; v3: AVX2; v4: AVX-512 with VNNI); lanes() is the
// best that this CPU runs.
//
// Weights and caches are int8; what is multiplied with them is rounded to int16 first,
// with one scale, so that the sums are integers and the same on every level. Two
// neighbours of what is summed over lie together, since one instruction multiplies and
// adds such pairs; an odd one is filled up by a zero.
#ifndef MODEL_KERNELS_LANES_H
#define MODEL_KERNELS_LANES_H

#include "model/real.h"

enum {
    LANES_PANEL = 64, // outputs of a panel of int8 weights
    LANES_KEYS = 16,  // keys side by side in a cache
    LANES_HEADS = 8,  // heads side by side in the cross-attention
};

typedef struct Lanes {
    const char *level;
    bool (*is_supported)(void); // whether this CPU runs it

    // sums[0] and sums[1] of x0 and x1 (pairs, 2) with a panel w (pairs, 64, 2); x1 may
    // be NULL.
    void (*panel)(int32_t sums[2][LANES_PANEL], const int8_t *w, const int16_t *x0,
                  const int16_t *x1, int pairs);
    // Sums of 16 keys: s[i] = sum over c of q[c] k[c][i]     q: (pairs, 2)
    //                                                        k: (pairs, 16, 2)
    void (*keys)(int32_t s[LANES_KEYS], const int8_t *k, const int16_t *q, int pairs);
    // o[c] = sum over rows of p[row] v[row][c]               p: (pairs, 2)
    //                                                        v: (pairs, dh, 2)
    void (*values)(int32_t *o, const int16_t *p, const int8_t *v, int pairs, int dh);

    // What follows is of eight heads side by side: a number is a row of 8.
    // s[v] = sum over c of q[c] k[v][c] for `count` kinds; rows of 8 from one kind's
    // keys to the next's: `stride`, and from score to score: `step`.
    void (*kinds)(real *s, int step, const real *k, int stride, const real *q,
                  int channels, int count);
    // The factors of cosine and sine, see cross_step.h: to, k, q: (r, 8)
    void (*turn)(real *to, const real *k, const real *q, int r);
    // s[8] = start + sum over c of angle[c] row[c]                     row: (r, 8)
    void (*score)(real *s, const real *start, const real *angle, const real *row,
                  int r);

    // Multiply-adds and nothing else, of what is in sink (64); returns how many.
    double (*madds)(real *sink, int rounds);
    // The sum of what lies at [at, at + bytes), read as fast as it comes; whole 256s.
    int64_t (*read)(const void *at, size_t bytes);
} Lanes;

const Lanes *lanes(void);

// The largest int16 that x may be rounded to when `count` products with int8 are added.
static inline int lanes_limit(int count) {
    int limit = INT32_MAX / 128 / (count > 0 ? count : 1);
    return limit < INT16_MAX ? limit : INT16_MAX;
}

// to = x / scale, rounded, at most `limit`; returns scale. An odd count is filled up.
// If all of x is below 1e-30 it is zeros.
real lanes_round(int16_t *to, const real *x, int count, int limit);

extern const Lanes *const lanes_levels[]; // NULL-terminated, the best last

#endif
