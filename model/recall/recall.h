// Recall, a block between two layers that the paper's model does not have. It searches
// the whole context for earlier occurrences of the last notes, in any transposition,
// and adds to the latents what came next there. Both of the terms that it adds depend
// on tokens alone.
//
// The entries are the tokens whose ids lie in [recall_first, recall_end), a range of R
// ids: the NOTE_ONs. p_0 .. p_{E-1} are their ids minus recall_first, t_e their
// positions, and d_e = p_e - p_{e-1} their steps, that is intervals. For a latent at
// position P, c is the number of entries up to P. Latents between the same two entries
// share c, which is called their state. For each head, and candidates 1 <= m < c:
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
// Everything that is read for candidate m stands at or before t_{c-1}, so the block is
// causal. It learns no queries and keys, only how much an agreement at each lag counts.
// As initialised it is an induction head (Olsson et al. 2022); what to make of the
// histograms is learned. The search depends on tokens alone, so generation caches
// nothing but the tokens.
#ifndef MODEL_RECALL_RECALL_H
#define MODEL_RECALL_RECALL_H

#include "model/layers/layers.h"
#include "model/recall/recall_read.h"

// What the forward pass leaves for the backward pass, and workspace, for a given number
// of inputs and n latents at most.
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

// x (n, d) is the input of the block, a->out (n, d) its output. Of the tokens (count)
// the last n are the latents'. Each latent searches the newest `span` tokens before it,
// or all if span is 0.
void recall_forward(Pool *p, RecallActs *a, const Recall *w, const real *x,
                    const Token *tokens, int count, int n, int span, const Config *c);

// dz (n, d) is the gradient of the output on entry and of the input on return. room:
// twice (n, d)
void recall_backward(Pool *p, RecallActs *a, Recall *dw, real *const room[2],
                     const real *dz, const Recall *w, const Config *c);

// y_i = sum over a of lags_a table[past_ia], by channels; a past of -1 adds nothing.
//                      y: (N, d)  table: (V, d)  lags: (RECALL_PAST, d)
void recall_past_forward(Pool *p, real *y, const real *table, const real *lags,
                         const Token *past, int N, int d);

#endif
