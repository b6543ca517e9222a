// The model: Perceiver AR (Hawthorne et al., ICML 2022), forward and backward.
//
//     e = embed[x]                                       all inputs, (T, d)
//     z = latent(e[T-n:])                                the last n, (n, d)
//     z += Attn(LN_q(z), LN_kv(e));  z += MLP(LN_mlp(z)) the one place that sees all T
//     L times, causally:
//     z += Attn(LN_attn(z));         z += MLP(LN_mlp(z))
//     z += Recall(tokens)        before one of these layers, if it has it (recall.h)
//     logits = head(LN_final(z))                  position p predicts token p + 1
//
// The steps are those of block.h. A Perceiver is the workspace of one window at a time:
// it keeps what each step leaves for backward, or one that only predicts does not.
// Parameters are borrowed, and activations and scratch are one allocation, made for the
// largest window once.
#ifndef MODEL_PERCEIVER_H
#define MODEL_PERCEIVER_H

#include "model/cross_attention.h"

typedef struct Perceiver Perceiver;

// For windows of up to `keys` inputs and `latents` latents. `pool` is borrowed, may be
// NULL. NULL if there is no memory for it. Freeing accepts NULL.
Perceiver *perceiver_new(const Config *c, Pool *pool, int keys, int latents);
void perceiver_free(Perceiver *net);

// One for perceiver_predict() alone, in whose memory every block follows the one
// before.
Perceiver *perceiver_new_to_predict(const Config *c, Pool *pool, int keys, int latents);

// What perceiver_new() would allocate, in bytes.
size_t perceiver_memory(const Config *c, int keys, int latents);

// Dropout on the output of each Attn and MLP; rate 0 is none. The key names the step.
typedef struct Dropout {
    double rate;
    uint32_t key;
} Dropout;

// Returns the logits, (n, V), owned by `net` until the next call.
real *perceiver_forward(Perceiver *net, const Parameters *w, const Inputs *in,
                        Dropout drop);

// After perceiver_forward() of the same inputs: the sums over the n latents of the
// cross-entropy to `targets` (returned, nats) and of cross-entropy + z * lse^2 (in
// `loss`). Leaves the gradient of scale times the latter for perceiver_backward().
double perceiver_loss(Perceiver *net, const Token *targets, double z, double scale,
                      double *loss);

// The logits of the latents from `first` on, (n - first, V), without dropout: the last
// layer computes no others. Owned by `net` until the next call.
const real *perceiver_predict(Perceiver *net, const Parameters *w, const Inputs *in,
                              int first);

// After perceiver_predict(): the cross-entropy of its latents to `targets`, those of
// all n, summed, in nats.
double perceiver_score(Perceiver *net, const Token *targets);

// Adds the gradient into `dw`.
void perceiver_backward(Perceiver *net, Parameters *dw, const Parameters *w);

#endif
