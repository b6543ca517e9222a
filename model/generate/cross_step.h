// The cross-attention of one latent, from which generation is made: cross_attention.h
// with n = 1. There the rotated half of a score turns the query instead of each key,
//
//     q_r . R(p) k_r = sum over pairs of cos(p w) A[x] + sin(p w) B[x]
//     A[x] = q_a k_a + q_b k_b    B[x] = q_b k_a - q_a k_b    of pair (a, b) of kind x
//
// so that an input costs r multiply-adds a head, of its position's row of a table and
// its kind's row of another. The heads lie across the lanes of the vector units. Of a
// long context the query is turned on by whole tables (ROTARY_FINE positions), so what
// is kept does not depend on the context.
#ifndef MODEL_GENERATE_CROSS_STEP_H
#define MODEL_GENERATE_CROSS_STEP_H

#include "model/layers.h"

// The kinds' keys and values as the step reads them, and its room: one user at a time.
typedef struct CrossStep CrossStep;

// kinds_k, kinds_v: (V, d), before rotation; copied. NULL if there is no memory for it.
// Freeing accepts NULL.
CrossStep *cross_step_new(const real *kinds_k, const real *kinds_v, const Config *c);
void cross_step_free(CrossStep *s);

// o = what the latent with query q reads of the newest `keys` inputs, its own last.
//                                          q, o: (d), q not yet rotated  tokens: (keys)
void cross_step(CrossStep *s, Pool *p, real *o, const real *q, const Rotary *rotary,
                const Token *tokens, int keys);

// Which inputs it reads: ret[k], (keys), is the mean over the heads of the weights that
// cross_step() gives input k; they add up to 1. For a look now and then: one thread
// does it all, in the time of a few steps. False: there is no memory for it.
bool cross_step_weights(CrossStep *s, real *ret, const real *q, const Rotary *rotary,
                        const Token *tokens, int keys);

#endif
