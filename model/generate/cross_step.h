// The cross-attention of one latent, for generation: cross_attention.h with n = 1. The
// rotated part of a score rotates the query instead of each key,
//
//     q_r . R(p) k_r = sum over pairs of cos(p w) A[x] + sin(p w) B[x]
//     A[x] = q_a k_a + q_b k_b    B[x] = q_b k_a - q_a k_b    of pair (a, b) of kind x
//
// so that an input costs r multiply-adds per head (cross_kinds.h). In a long context
// the query is rotated once per round of CROSS_ROUND inputs. The inputs of a round are
// sorted by kind: A and B are then computed and used at once, only for kinds that
// occur, and stay in the first-level cache or in registers.
#ifndef MODEL_GENERATE_CROSS_STEP_H
#define MODEL_GENERATE_CROSS_STEP_H

#include "model/generate/cross_kinds.h"

// Work space, for one user at a time. The kinds are borrowed. Returns NULL if there is
// not enough memory. Freeing accepts NULL.
typedef struct CrossStep CrossStep;
CrossStep *cross_step_new(const CrossKinds *kinds);
void cross_step_free(CrossStep *s);

// o = the attention of query q over the newest `keys` inputs; the last one is its own.
//                                          q, o: (d), q not yet rotated  tokens: (keys)
void cross_step(CrossStep *s, Pool *p, real *o, const real *q, const Token *tokens,
                int keys);

// Ret[k], (keys), is the mean over the heads of the weight that cross_step() gives
// input k; their sum is 1. For occasional use: one thread computes it in the time of a
// few steps. Returns false if there is not enough memory.
bool cross_step_weights(CrossStep *s, real *ret, const real *q, const Token *tokens,
                        int keys);

#endif
