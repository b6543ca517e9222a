// The steps of the forward pass, for training and for generation, and their backward
// passes. model/MODEL.md, "Forward", lists the same steps:
//
//     block_latents    z = latent(embed[x])                              steps 1 and 2
//     block_kinds      the cross-attention's keys and values             of step 3
//     block_forward    z += Attn(norm(z)); z += MLP(norm(z))             steps 3 and 4
//     block_logits     head(LN_final(z))                                 step 5
//     block_cap        the soft cap
//
// A self-attention block may have two additions (model/MODEL.md, "Gates and values"):
// v += values[x] before Attn, and a gate on what each head makes of it.
//
// The caller chooses the weights, in float or in int8 (qlinear.h), and what the queries
// of a block attend to: the activations of a window, or a run that a session keeps
// (BlockAttend).
//
// n rows (latents), d width, V vocabulary. As in layers.h, backward adds into the
// gradients of parameters.
#ifndef MODEL_BLOCK_H
#define MODEL_BLOCK_H

#include "model/qlinear.h"

// The weights of a Block, in float or int8.
typedef struct BlockWeights {
    const Norm *norm_attn, *norm_mlp; // borrowed
    Matrix q, k, v, out, up, down;
    Matrix gate;        // no outputs: there is none
    const real *values; // (V, d), borrowed; NULL: there is none
} BlockWeights;

BlockWeights block_weights(const Block *b, const Config *c); // in float
enum { BLOCK_MATRICES = 7 };
int block_matrices(Matrix *ret[BLOCK_MATRICES], BlockWeights *w); // all that it has

// The results of the steps of a block, for the next steps and for backward. If no
// backward follows, several may share memory. Of the squared ReLU only the output is
// kept.
typedef struct BlockActs {
    real *attn_in, *attn_mean, *attn_rstd; // LN_attn: (n, d), (n), (n)
    real *q, *k, *v, *o, *lse;             // (n, d) and (h, n)
    real *gate, *gated;                    // (n, h), (n, d): gates, and o times them
    real *mid;                             // after attention and residual: (n, d)
    real *mlp_in, *mlp_mean, *mlp_rstd;    // LN_mlp
    real *up;                              // after the squared ReLU: (n, 4d)
    real *out;                             // (n, d)
} BlockActs;

// The gradients in a block's backward pass.
typedef struct BlockGrads {
    real *dz;                   // of the block's output; afterwards of its input
    real *dropped, *dnorm, *up; // (n, d), (n, d), (n, 4d)
    real *dq, *dk, *dv, *d_o;   // (n, d)
    real *gate;                 // (n, h)
    real *scratch;              // (h, n)
} BlockGrads;

// How a block's queries attend to keys and values. forward() rotates the queries in
// place to their positions, and also the keys if they are the latents' own, and writes
// a->o. backward() reads g->d_o and writes g->dq, and also g->dk and g->dv, or the
// gradients of the other keys and values.
typedef struct BlockAttend {
    void (*forward)(void *data, const BlockActs *a);
    void (*backward)(void *data, const BlockGrads *g, const BlockActs *a);
    void *data;
    bool self; // the keys and values are the latents' own, which the block projects
    const Token *tokens; // the latents' own, if the block has values
} BlockAttend;

// Dropout on the output of Attn and of MLP; the rate 0 is for generation.
typedef struct BlockDrop {
    double rate;
    uint32_t keys[2];
} BlockDrop;

// Computes a->out, the block's output for the rows of x from `first` on. From q to out
// the arrays in `a` have only these rows; attn_in, k and v have all n. Backward
// requires that `first` is 0. a->out may be x if no backward follows.
//                                                                             x: (n, d)
void block_forward(Pool *p, const BlockActs *a, const BlockWeights *w, const real *x,
                   const BlockAttend *attend, BlockDrop drop, int first, int n,
                   const Config *c);
// Must follow block_forward() of the same inputs with float weights.
void block_backward(Pool *p, const BlockGrads *g, Block *dw, const BlockActs *a,
                    const Block *w, const real *x, const BlockAttend *attend,
                    BlockDrop drop, int n, const Config *c);

// z = latent(embed[token]) for n tokens, the first of which is at position `first`. If
// the model has places, the positions are added to z (rotary_places()).
//                                                                   embedded, z: (n, d)
void block_latents(Pool *p, real *z, real *embedded, const real *embed,
                   const Matrix *latent, const Rotary *rotary, const Token *tokens,
                   int first, int n, const Config *c);

// The cross-attention's keys, before rotation, and values, one for each token of the
// vocabulary (cross_attention.h).
typedef struct BlockKinds {
    real *kv, *mean, *rstd; // LN_kv(embed): (V, d), (V), (V)
    real *k, *v;            // (V, d)
} BlockKinds;
void block_kinds(Pool *p, const BlockKinds *kinds, const Parameters *w,
                 const Config *c);
// dk, dv: the gradients of k and v.                           dkv: (V, d), scratch
void block_kinds_backward(Pool *p, Parameters *dw, real *dkv, const real *dk,
                          const real *dv, const BlockKinds *kinds, const Parameters *w,
                          const Config *c);

// logits = head(LN_final(z)), without chords and soft cap.
// normed: (n, d)  mean, rstd: (n)  logits: (n, V)
void block_logits(Pool *p, real *logits, real *normed, real *mean, real *rstd,
                  const real *z, const Norm *final_norm, const Matrix *head, int n);
// The soft cap on logits, (n, V), if the configuration has one.
void block_cap(Pool *p, real *logits, int n, const Config *c);

#endif
