// Recall, an addition to the paper's model, between two of its layers: it finds, over
// the whole context, where the last notes stood before, at any pitch, and says what
// came next there. Two things are told to the latents, both of tokens alone.
//
// The entries are the tokens whose ids lie in [recall_first, recall_end), R of them, as
// the NOTE_ONs; p_0 .. p_{E-1} are their ids counted from there, t_e their places,
// d_e = p_e - p_{e-1} their steps: intervals. For a latent at place P, c is how many
// entries there are up to it; latents between two entries share this state.
// For each head, and candidates 1 <= m < c:
//
//     s_cm = sum over a = 1 .. 24 of w_a [d_{c-a} = d_{m-a}]
//          + sum over a = 1 .. 4  of u_a [p_{c-a} = p_{m-a}]
//     A_c  = softmax of { sink, s_c1 .. s_c,c-1 }       the sink reads nothing
//     H_c  = sums of A_cm in three histograms, at
//            next:   p_{c-1} + d_m, if in 0 .. R-1   what came next, at today's pitch
//            after:  token[t_{m-1} + 1]              what followed the last entry
//            before: token[t_m - 1]                  what stood before the next one
//     F_P  = LN_f( sum over a = 0 .. 11 of l_a * T[the entry a entries back]
//                + sum over a = 0, 1    of l_{12+a} * T[the token at P - a] )
//     x_P += sum over heads of H_c [next; after; before]  +  feed(F_P)
//
// All that it reads of entry m stands at or before t_{c-1}, so it is causal. It has no
// queries and no keys to learn, only how much an agreement at each lag counts: as
// initialised it is an induction head (Olsson et al. 2022), and how to read it is
// learned. What it looks for depends on tokens alone, so generation keeps nothing but
// the tokens.
#ifndef MODEL_RECALL_RECALL_H
#define MODEL_RECALL_RECALL_H

#include "model/layers.h"
#include "model/recall/recall_read.h"

// What a forward leaves for its backward, and its room; for up to so many inputs and n
// latents.
typedef struct RecallActs {
    RecallIndex index;   // owned
    RecallStates states; // owned
    // Borrowed:
    real *sums;                             // recall_scores.h
    real *read, *lse;                       // (n, rows, heads), (n, heads): C <= n
    real *said;                             // (n, d): of each state
    real *past;                             // (n, d): before LN_f
    real *past_mean, *past_rstd, *past_out; // LN_f: (n), (n), (n, d)
    real *out;                              // (n, d)
    real *dread, *parts;                    // backward's
} RecallActs;

// x is what comes to the block, a->out what leaves it.    tokens: (count), the last n
// of them the latents'; a latent knows the newest `span` alone, 0: all.       x: (n, d)
void recall_forward(Pool *p, RecallActs *a, const Recall *w, const real *x,
                    const Token *tokens, int count, int n, int span, const Config *c);

// dz is the gradient of the block's output, and of its input.
//                                                    dz: (n, d)  room: (n, d) twice
void recall_backward(Pool *p, RecallActs *a, Recall *dw, real *const room[2],
                     const real *dz, const Recall *w, const Config *c);

// y_i = sum over a of lags_a table[past_ia], by channels; -1 is nothing.
//                      y: (N, d)  table: (V, d)  lags: (RECALL_PAST, d)
void recall_past_forward(Pool *p, real *y, const real *table, const real *lags,
                         const Token *past, int N, int d);
void recall_past_backward(Pool *p, real *dtable, real *dlags, const real *dy,
                          const real *table, const real *lags, const Token *past, int N,
                          int d);

#endif
