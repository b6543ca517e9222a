// The keys and values of all kinds (vocabulary rows) as cross_step.h reads them: the
// heads in the lanes of the vector units, and one kind after the other. A row is
// LANES_HEADS heads of a group, side by side; G groups hold all heads, and the last one
// may be padded with zeros.
//
// The scores of the inputs of one kind: the query is rotated to a round of CROSS_ROUND
// inputs, which gives the factors A and B of cosine and sine for this kind, and each
// input then costs r multiply-adds per head.
//
// Rounded, A and B and the angles within a round are int16. One step of A and B is the
// same for all kinds of a query, and the smallest with which neither they nor the sums
// can overflow. So a score is off by about 1/100,000 of the largest that is possible,
// which is less than rounding keys to int8 costs.
#ifndef MODEL_GENERATE_CROSS_KINDS_H
#define MODEL_GENERATE_CROSS_KINDS_H

#include "model/kernels/lanes.h"
#include "model/layers/layers.h"

// With shorter rounds, A and B are computed more often; with longer ones the angles
// leave the second-level cache.
enum { CROSS_ROUND = 4096 };

// Returns count times `columns` rows of zeros, to be freed by memory_free(), or NULL if
// there is not enough memory.
real *cross_rows(int count, int columns);

// Returns row number `at` of x.
static inline real *cross_row(const real *x, int at) {
    return (real *)x + (ptrdiff_t)at * LANES_HEADS;
}

// Immutable; shared by threads.
typedef struct CrossKinds {
    int V, d, h, dh, r, G;
    const Rotary *rotary; // borrowed
    real *values;         // (V, d)
    real *turned;         // (G, V, r) rows: rotated channels of the keys of the kinds
    real *plain;          // (G, V, dh - r) rows: their other channels
    real *longest; // (G, r / 2) rows: the greatest length of a pair over the kinds
    // Cosines and sines of the places in a round that the context has; one of the two
    // is NULL.
    real *angles;     // (CROSS_ROUND, r)
    int16_t *rounded; // (CROSS_ROUND, (r + 3) / 4, 4): 1 is 16,384
} CrossKinds;

// kinds_k, kinds_v: (V, d), before rotation; copied. The rotary covers the context,
// which no step may exceed. Returns NULL if there is not enough memory. Freeing accepts
// NULL.
CrossKinds *cross_kinds_new(const real *kinds_k, const real *kinds_v,
                            const Rotary *rotary, const Config *c, bool rounded);
void cross_kinds_free(CrossKinds *k);

// Unit = what 1 counts in the sums of integers for the query of a group, whose r
// rotated channels are the rows of q.                               unit: one row
void cross_kinds_unit(const CrossKinds *k, real *unit, const real *q, int group);

// to = the query q of a group, rotated to the round that begins with input `first`, in
// steps of A and B if rounded.                                         to, q: r rows
void cross_kinds_turn(const CrossKinds *k, real *to, const real *q, const real *unit,
                      int first);

// s = the scores of `count` inputs of kind v, at order[i] of the round to which q was
// turned, given the score `start` of the other channels.
//                   s: `count` rows  q: r rows  room: r rows, on a 64-byte boundary
void cross_kinds_scores(const CrossKinds *k, real *s, const real *start, const real *q,
                        const real *unit, int group, int v, const uint16_t *order,
                        int count, real *room);

#endif
