// The cross-attention: n latents attend to `keys` inputs. Step 1 of the model adds no
// position to the embeddings. So LN_kv(embed), and with it every key before rotation
// and every value, takes only V different values, called kinds. With q_r, q_u the
// rotated and the plain channels of a query, x_j the token of input j, K and V the keys
// and values of the kinds:
//
//     s_ij = (q_r,i . R(p_j) K_r[x_j] + U[x_j, i]) / sqrt(dh) + b_j      U = K_u q_u^T
//     o_i  = sum over kinds v of H_i[v] V[v]
//                                         H_i[v] = sum of p_ij over j with x_j = v
//
// So the plain half of the scores is a lookup, and the output comes from a histogram of
// the weights over the kinds: keys x 1 additions per query instead of the keys x dh
// multiply-adds of the usual form. The same holds for the backward pass. This is exact;
// see model/MODEL.md, "An exact identity".
//
// The queries are side by side in the lanes of vector registers; tables are (V,
// QUERIES).
#ifndef MODEL_LAYERS_CROSS_ATTENTION_H
#define MODEL_LAYERS_CROSS_ATTENTION_H

#include "model/layers/layers.h"

// What the latents attend to: `keys` inputs in order of position, the last n of which
// are the latents' own. Prefix dropout leaves inputs out; the others keep their
// positions.
typedef struct Inputs {
    const Token *tokens;  // (keys)
    const int *positions; // (keys), each within the rotary table
    int keys, n;
    int span;  // a latent attends to at most the newest `span` inputs, including its
               // own; 0: to all
    real bias; // b_j of the inputs before the latents' own. With ln(1 / keep), the
               // inputs that prefix dropout kept have the weight of all; otherwise 0
    // All inputs up to the last, which recall.h and chords.h read; NULL if prefix
    // dropout left none out of `tokens`.
    const Token *whole; // (wholes)
    int wholes;
} Inputs;

// kinds_k, kinds_v: (V, d), before rotation  q, o: (n, d), q rotated  lse: (h, n)
// keys_r: (h, keys, r), the rotated halves of the keys, kept for backward; may be NULL
void cross_attention_forward(Pool *p, real *o, real *lse, real *keys_r, const real *q,
                             const real *kinds_k, const real *kinds_v,
                             const Rotary *rotary, const Inputs *in, const Config *c);

// Writes dq, dkinds_k and dkinds_v, for inputs without a span.
//                                                    dkeys_r: (h, keys, r), scratch
void cross_attention_backward(Pool *p, real *dq, real *dkinds_k, real *dkinds_v,
                              real *dkeys_r, const real *dy, const real *q,
                              const real *kinds_k, const real *kinds_v, const real *o,
                              const real *lse, const real *keys_r, const Rotary *rotary,
                              const Inputs *in, const Config *c);

#endif
