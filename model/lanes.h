// The inner loops of generation, where one latent at a time meets weights, inputs and
// caches: dot products whose sums lie side by side in the lanes of the vector units.
// Written with the compiler's vector types, and compiled once per CPU level
// (x86-64, -v3: AVX2, -v4: AVX-512); lanes() is the best that this CPU runs.
#ifndef MODEL_LANES_H
#define MODEL_LANES_H

#include "model/real.h"

enum {
    LANES_PANEL = 64, // outputs of a panel of int8 weights
    LANES_KEYS = 16,  // keys side by side in a cache
    LANES_HEADS = 8,  // heads side by side in the cross-attention
};

typedef struct Lanes {
    const char *level;
    bool (*here)(void); // whether this CPU runs it

    // sums[0] and sums[1] (64 each) of x0 and x1 (in) with a panel w (in, 64); x1 may
    // be NULL.
    void (*panel)(real sums[2][LANES_PANEL], const int8_t *w, const real *x0,
                  const real *x1, int in);

    // Scores of 16 keys: s[i] = scale[i] * sum over c of q[c] k[c][i]     k: (dh, 16)
    void (*keys)(real *s, const int8_t *k, const real *scale, const real *q, int dh);
    // o[c] += sum over j of p[j] v[j][c], of `count` rows                 v: (rows, dh)
    void (*values)(real *o, const real *p, const int8_t *v, int count, int dh);

    // What follows is of eight heads side by side: a number is a row of 8.
    // s[v] = sum over c of q[c] k[v][c] for `count` kinds, `stride` rows of 8 from one
    // kind's keys to the next's and `step` between their scores.
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
extern const Lanes *const lanes_levels[]; // NULL-terminated, the best last

#endif
