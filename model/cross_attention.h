// The cross-attention: n latents read `keys` inputs. Step 1 of the model adds no
// position to the embeddings, so LN_kv(embed), and with it every key before rotation
// and every value, takes only V different values ("kinds"). With q_r, q_u the rotated
// and the plain channels of a query, x_j the token of input j, K and V the keys and
// values of the kinds:
//
//     s_ij = (q_r,i . R(p_j) K_r[x_j] + U[x_j, i]) / sqrt(dh) + b_j      U = K_u q_u^T
//     o_i  = sum over kinds v of H_i[v] V[v]
//                                         H_i[v] = sum of p_ij over j with x_j = v
//
// So the plain half of the scores is a lookup, the output a histogram of the weights
// over the kinds: keys x 1 additions a query where the usual form multiplies keys x dh.
// The same holds backwards. Exact; see model/MODEL.md, "An exact identity".
//
// The queries lie across the lanes of the vector units; tables are (V, QUERIES).
#ifndef MODEL_CROSS_ATTENTION_H
#define MODEL_CROSS_ATTENTION_H

#include "model/layers.h"

// What the latents read: `keys` inputs in order of position, the last n of which are
// the latents' own. A prefix dropout leaves inputs out; the kept ones keep their
// positions.
typedef struct Inputs {
    const Token *tokens;  // (keys)
    const int *positions; // (keys), each within the rotary table
    int keys, n;
    int span;  // a latent reads the newest `span` inputs at most, its own included; 0:
               // all
    real bias; // b_j of the inputs before the latents' own; with ln(1 / keep) those
               // that a prefix dropout kept weigh as much as all would; else 0
    // All the inputs up to the last, where a prefix dropout left some of them out of
    // `tokens`; what recall.h reads. NULL: nothing was left out.
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
