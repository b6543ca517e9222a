// The model: Perceiver AR (Hawthorne et al., ICML 2022), forward and backward.
//
//     e = embed[x]                                       all inputs, (T, d)
//     z = latent(e[T-n:])                                the last n, (n, d)
//     z += Attn(LN_q(z), LN_kv(e));  z += MLP(LN_mlp(z)) the one place that sees all T
//     L times, causally:
//     z += Attn(LN_attn(z));         z += MLP(LN_mlp(z))
//     z += Recall(tokens)        before one of these layers, if it has it (recall.h)
//     logits = head(LN_final(z))                  position p predicts token p + 1
//     logits += Chords(tokens)   if it has them (chords.h)
//
// The steps are those of block.h. A Perceiver is the workspace of one window at a time.
// It keeps the results of each step for backward, unless it only predicts. Parameters
// are borrowed. Activations and scratch memory are one allocation, made once for the
// largest window.
#ifndef MODEL_PERCEIVER_H
#define MODEL_PERCEIVER_H

#include "model/layers/cross_attention.h"

typedef struct Perceiver Perceiver;

// Creates a workspace for windows of up to `keys` inputs and `latents` latents. `pool`
// is borrowed and may be NULL. Returns NULL if there is not enough memory. Freeing
// accepts NULL.
Perceiver *perceiver_new(const Config *c, Pool *pool, int keys, int latents);
void perceiver_free(Perceiver *net);

// Creates one for perceiver_predict() alone, in which all blocks use the same memory.
Perceiver *perceiver_new_to_predict(const Config *c, Pool *pool, int keys, int latents);

// Returns the bytes that perceiver_new() allocates.
size_t perceiver_memory(const Config *c, int keys, int latents);

// Dropout on the output of each Attn and MLP; a rate of 0 is no dropout. The key
// depends on the step.
typedef struct Dropout {
    double rate;
    uint32_t key;
} Dropout;

// Returns the logits, (n, V), owned by `net` until the next call.
real *perceiver_forward(Perceiver *net, const Parameters *w, const Inputs *in,
                        Dropout drop);

// Must follow perceiver_forward() of the same inputs. Returns the sum over the n
// latents of the cross-entropy to `targets`, in nats, and writes the sum of
// cross-entropy + z * lse^2 to `loss`. Keeps the gradient of scale times the latter for
// perceiver_backward().
double perceiver_loss(Perceiver *net, const Token *targets, double z, double scale,
                      double *loss);

// Returns the logits of the latents from `first` on, (n - first, V), without dropout.
// The last layer computes no others. They are owned by `net` until the next call.
const real *perceiver_predict(Perceiver *net, const Parameters *w, const Inputs *in,
                              int first);

// Must follow perceiver_predict(). Returns the cross-entropy of its latents to their
// targets, summed, in nats; `targets` has those of all n latents.
double perceiver_score(Perceiver *net, const Token *targets);

// Adds the gradient to `dw`.
void perceiver_backward(Perceiver *net, Parameters *dw, const Parameters *w);

#endif
