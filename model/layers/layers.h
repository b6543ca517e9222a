// The layers. Each is a pair of functions over row-major arrays: forward computes y =
// f(x, w), and backward computes from dy the gradients of x and w. Backward ADDS to the
// gradients of parameters, and overwrites the gradient of its input unless its comment
// says that it adds. The order of arguments is outputs, what backward needs, inputs,
// sizes. The pool `p` runs the loops.
//
// N rows (latents, or keys), d width, h heads of dh = d/h channels, V vocabulary.
#ifndef MODEL_LAYERS_LAYERS_H
#define MODEL_LAYERS_LAYERS_H

#include "model/config.h"
#include "model/kernels/pool.h"
#include "model/parameters.h"
#include "model/real.h"

// y = x Wt + b                                         x: (N, in)  y: (N, out)
void linear_forward(Pool *p, real *y, const real *x, const Linear *w, int N, int in,
                    int out);
// dx = dy W, or dx += dy W with `add`; dx may be NULL. dw += dyt x, db += sum of dy.
void linear_backward(Pool *p, real *dx, bool add, Linear *dw, const real *dy,
                     const real *x, const Linear *w, int N, int in, int out);

// y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias, over each row
//                                   x, y: (N, d)  mean, rstd: (N), kept for backward
void norm_forward(Pool *p, real *y, real *mean, real *rstd, const real *x,
                  const Norm *w, int N, int d);
// Adds to dx; dw as in every layer.
void norm_backward(Pool *p, real *dx, Norm *dw, const real *dy, const real *x,
                   const Norm *w, const real *mean, const real *rstd, int N, int d);

// y = embed[token]                                     y: (N, d)
void embed_forward(real *y, const real *embed, const Token *tokens, int N, int d);
// y += embed[token]; its backward is embed_backward() too.
void embed_add(real *y, const real *embed, const Token *tokens, int N, int d);
void embed_backward(real *dembed, const real *dy, const Token *tokens, int N, int d);

// x = max(x, 0)^2, in place ("squared ReLU"). Backward takes the output, whose square
// root is the input where that was positive. x has n numbers.
void squared_relu_forward(Pool *p, real *x, int n);
void squared_relu_backward(Pool *p, real *dx, const real *y, int n); // in place

// x = cap tanh(x / cap), in place. Its backward is in loss_forward_backward(). x has n
// numbers.
void soft_cap(Pool *p, real *x, int cap, int n);

// Dropout: each number becomes 0 with probability `rate`, and otherwise is divided by 1
// - rate. `key` determines which numbers. The backward of y = dropout(x) is dx =
// dropout(dy) with the same key.
void dropout(Pool *p, real *y, const real *x, double rate, uint32_t key, int n);

// y = x + dropout(y); a rate of 0 is no dropout. x and y have n numbers.
void residual(Pool *p, real *y, const real *x, double rate, uint32_t key, int n);

// Cosine and sine of p * W^(-i / (nb - 1)) for the nb = r/2 pairs of a head at position
// p (Su et al. 2021; model/MODEL.md, "Rotary encoding"). There is a table for multiples
// of ROTARY_FINE and one for the remainder; the two are multiplied as complex numbers,
// so that a long context needs no long table.
#define ROTARY_FINE 2048
typedef struct Rotary {
    int pairs;
    real *fine,
        *coarse; // owned; (ROTARY_FINE, nb, 2), (positions / ROTARY_FINE, nb, 2)
} Rotary;
// For positions below `positions`. Returns a zeroed struct if there is not enough
// memory.
Rotary rotary_new(const Config *c, int positions);
void rotary_free(Rotary *t); // accepts a zeroed struct
void rotary_angles(real *angles, const Rotary *t, int position); // (nb, 2)

// Rotates channels (2i, 2i+1) of the first r in each head of x by the angle of pair i
// at the row's position: (a, b) -> (a cos - b sin, b cos + a sin). `direction` -1
// rotates back, which is also the backward pass. Row j is at position first + j.
//                                                                             x: (N, d)
void rotary(Pool *p, real *x, const Rotary *table, int first, int direction, int N,
            const Config *c);

// Rotation makes scores depend on differences of positions only. Where a task asks for
// a place, the latents are told theirs: to row j, at position p = first + j,
//     x += cos(w p), sin(w p), cos(2 w p), sin(2 w p)   in channels 4i .. 4i + 3,
// w the turn of the rotary's pair i. A query that turns back by w p finds what stands
// at a place; by 2 w p, what mirrors its own.                           x: (N, d)
void rotary_places(real *x, const Rotary *table, int first, int N, const Config *c);

// Causal attention of n queries over `keys` keys, in each head:
//     o = softmax(q kt / sqrt(dh)) v
// Query i is at key keys - n + i and sees the keys from 0 to its own. It works in
// blocks with an online softmax (Milakov 2018; Dao 2022), so there is no (n, keys)
// array.
//            q, o: (n, d)  k, v: (keys, d)  lse: (h, n), log-sum-exp kept for backward
void attention_forward(Pool *p, real *o, real *lse, const real *q, const real *k,
                       const real *v, int n, int keys, const Config *c);
// Writes dq, dk, dv.  scratch: (h, n)
void attention_backward(Pool *p, real *dq, real *dk, real *dv, real *scratch,
                        const real *dy, const real *q, const real *k, const real *v,
                        const real *o, const real *lse, int n, int keys,
                        const Config *c);

// Each head's output times its gate, 2 / (1 + exp(-x)), which is 1 at x = 0.
//                y, o: (n, d), may be the same  gate: (n, h), x, and then the gate of x
void gate_forward(Pool *p, real *y, real *gate, const real *o, int n, const Config *c);
// Writes d_o, which may be dy, and dx.                     d_o, dy: (n, d)  dx: (n, h)
void gate_backward(Pool *p, real *d_o, real *dx, const real *dy, const real *o,
                   const real *gate, int n, const Config *c);

// loss = mean over rows of cross-entropy(logits, target) + z (log-sum-exp)^2
// Returns the sum over rows of the cross-entropy alone, in nats; `loss` gets the sum
// with the z term. If `scale` is not 0 the logits are overwritten by the gradient of
// scale times that sum: by what soft_cap() was given if `cap` is not 0, else by the
// logits.                                                                logits: (N, V)
double loss_forward_backward(Pool *p, double *loss, real *logits, const Token *targets,
                             double z, double scale, int cap, int N, int V);

#endif
