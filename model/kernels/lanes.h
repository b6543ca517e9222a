// The inner loops of generation, in which one latent at a time is multiplied with
// weights, inputs and caches: dot products whose sums lie side by side in the lanes of
// vector registers. They are compiled once per CPU level (x86-64; v3: AVX2; v4: AVX-512
// with VNNI); lanes() returns the best level that this CPU supports.
//
// Weights and caches are int8. The vector that is multiplied with them is first rounded
// to int16 with one scale, so the sums are integers and have the same bits on every
// level. Two neighbours along the summed dimension are stored together, since one
// instruction multiplies and adds such pairs; an odd number of them is padded with a
// zero.
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
    bool (*is_supported)(void); // whether this CPU supports the level

    // Products of x0 and x1 (pairs, 2) with a panel w (pairs, 64, 2), into sums[0] and
    // sums[1]. x1 may be NULL.
    void (*panel)(int32_t sums[2][LANES_PANEL], const int8_t *w, const int16_t *x0,
                  const int16_t *x1, int pairs);
    // Sums of `count` keys, whole 16s:
    // s[i] = sum over c of q[c] k[i / 16][c][i % 16]    q: (pairs, 2)
    //                                                   k: (count / 16, pairs, 16, 2)
    void (*keys)(int32_t *s, const int8_t *k, const int16_t *q, int pairs, int count);
    // o[c] = sum over rows of p[row] v[row][c]               p: (pairs, 2)
    //                                                        v: (pairs, dh, 2)
    void (*values)(int32_t *o, const int16_t *p, const int8_t *v, int pairs, int dh);

    // The following loops process eight heads side by side, so a number is a row of 8.
    // s[v] = sum over c of q[c] k[v][c] for `count` vocabulary rows v. The keys of
    // successive rows are `stride` rows of 8 apart, and their scores `step`.
    void (*kinds)(real *s, int step, const real *k, int stride, const real *q,
                  int channels, int count);
    // The factors of cosine and sine, see cross_step.h: to, k, q: (r, 8)
    void (*turn)(real *to, const real *k, const real *q, int r);
    // s[i] = start + sum over c of angles[order[i]][c] row[c] for `count` inputs.
    //                          s: (count, 8)  start: (8)  angles: (.., r)  row: (r, 8)
    void (*scores)(real *s, const real *start, const real *angles,
                   const uint16_t *order, int count, const real *row, int r);
    // The same two in int16: factors, which must be within its range, are rounded to
    // integers and stored by fours, since one instruction takes four of each head; the
    // last four are padded with zeros. The sums must not overflow.
    //                                   to, row: ((r + 3) / 4, 8, 4)  k, q: (r, 8)
    //                                   angles: (.., (r + 3) / 4, 4)  unit: (8)
    void (*turn_rounded)(int16_t *to, const real *k, const real *q, int r);
    void (*scores_rounded)(real *s, const real *start, const real *unit,
                           const int16_t *angles, const uint16_t *order, int count,
                           const int16_t *row, int r);

    // Performs multiply-adds only, on the contents of sink (64), and returns their
    // number.
    double (*madds)(real *sink, int rounds);
    // Reads [at, at + bytes) as fast as possible and returns its sum. `bytes` is a
    // multiple of 256.
    int64_t (*read)(const void *at, size_t bytes);
} Lanes;

const Lanes *lanes(void);

// The largest int16 to which x may be rounded such that the sum of `count` products
// with int8 does not overflow.
static inline int lanes_limit(int count) {
    int limit = INT32_MAX / 128 / (count > 0 ? count : 1);
    return limit < INT16_MAX ? limit : INT16_MAX;
}

// Rounds x / scale to integers of at most `limit` and returns the scale. An odd count
// is padded with a zero. If all of x is below 1e-30 the result is zeros.
real lanes_round(int16_t *to, const real *x, int count, int limit);

extern const Lanes *const lanes_levels[]; // NULL-terminated, the best last

#endif
