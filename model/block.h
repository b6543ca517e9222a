// The forward pass, step by step, as training and generation both take it, and
// backward; model/MODEL.md, "Forward", has the same steps:
//
//     block_latents    z = latent(embed[x])                              steps 1 and 2
//     block_kinds      the cross-attention's keys and values             of step 3
//     block_forward    z += Attn(norm(z)); z += MLP(norm(z))             steps 3 and 4
//     block_logits     head(LN_final(z))                                 step 5
//
// What differs is the caller's: the weights, in float or in int8 (qlinear.h), and what
// the queries of a block attend to, which may lie in the activations of a window or in
// a run that a session keeps (BlockAttend).
//
// n rows (latents), d width, V vocabulary. As in layers.h a backward adds into the
// gradients of parameters.
#ifndef MODEL_BLOCK_H
#define MODEL_BLOCK_H

#include "model/qlinear.h"

// The weights of a Block.
typedef struct BlockWeights {
    const Norm *norm_attn, *norm_mlp; // borrowed
    Matrix q, k, v, out, up, down;
} BlockWeights;

BlockWeights block_weights(const Block *b, int d); // in float
enum { BLOCK_MATRICES = 6 };
void block_matrices(Matrix *ret[BLOCK_MATRICES], BlockWeights *w); // all that it has

// What each step of a block leaves for the next ones and for backward; where no
// backward follows, several may lie in one place. Of the squared ReLU the output alone.
typedef struct BlockActs {
    real *attn_in, *attn_mean, *attn_rstd; // LN_attn: (n, d), (n), (n)
    real *q, *k, *v, *o, *lse;             // (n, d) and (h, n)
    real *mid;                             // after attention and residual: (n, d)
    real *mlp_in, *mlp_mean, *mlp_rstd;    // LN_mlp
    real *up;                              // after the squared ReLU: (n, 4d)
    real *out;                             // (n, d)
} BlockActs;

// What a backward passes through.
typedef struct BlockGrads {
    real *dz;                   // of the block's output, and in the end of its input
    real *dropped, *dnorm, *up; // (n, d), (n, d), (n, 4d)
    real *dq, *dk, *dv, *d_o;   // (n, d)
    real *scratch;              // (h, n)
} BlockGrads;

// How a block's queries meet keys and values. Forward turns the queries, and the keys
// if they are the latents' own, to their positions where they lie, and writes a->o.
// Backward takes g->d_o and writes g->dq; and g->dk and g->dv, or the gradients of what
// else was attended to.
typedef struct BlockAttend {
    void (*forward)(void *data, const BlockActs *a);
    void (*backward)(void *data, const BlockGrads *g, const BlockActs *a);
    void *data;
    bool self; // over the latents' own keys and values, which the block projects
} BlockAttend;

// Dropout on the output of Attn and of MLP; rate 0 is none, as in generation.
typedef struct BlockDrop {
    double rate;
    uint32_t keys[2];
} BlockDrop;

// a->out = the block's output for the rows of x from `first` on; from q to out these
// are the first rows of a. Only attn_in, k and v are of all n. Backward expects a
// `first` of 0; a->out may be x if none follows.                           x: (n, d)
void block_forward(Pool *p, const BlockActs *a, const BlockWeights *w, const real *x,
                   const BlockAttend *attend, BlockDrop drop, int first, int n, int d);
// After block_forward() of the same, with float weights.
void block_backward(Pool *p, const BlockGrads *g, Block *dw, const BlockActs *a,
                    const Block *w, const real *x, const BlockAttend *attend,
                    BlockDrop drop, int n, int d);

// z = latent(embed) of n tokens, of which the first stands at position `first`; which
// the latents are told if the model has places (rotary_places()).   embedded, z: (n, d)
void block_latents(Pool *p, real *z, real *embedded, const real *embed,
                   const Matrix *latent, const Rotary *rotary, const Token *tokens,
                   int first, int n, const Config *c);

// The keys, before rotation, and values of the cross-attention, of each kind of token
// one; see cross_attention.h.
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

// logits = head(LN_final(z))  normed: (n, d)  mean, rstd: (n)  logits: (n, V)
void block_logits(Pool *p, real *logits, real *normed, real *mean, real *rstd,
                  const real *z, const Norm *final_norm, const Matrix *head, int n);

#endif
