// The linear maps as the forward pass multiplies by them: in float, as they are
// trained, or in int8 with a scale for each row of outputs. One latent at a time is
// bound by the memory that weights come from, so generation takes them in int8,
//
//     y_o = b_o + s_o sum over i of w_oi x_i      s_o = max |W_o| / 127   w = W_o / s_o
//
// in panels of 64 outputs, [out/64][in/2][64][2], that are read from end to end; see
// lanes.h. A row below 1e-30 is zeros.
#ifndef MODEL_QLINEAR_H
#define MODEL_QLINEAR_H

#include "model/layers.h"

// In float if int8 is NULL. Immutable; shared by threads.
typedef struct Matrix {
    const Linear *float_weights; // borrowed
    int in, out;
    int8_t *int8; // borrowed
    real *scale;  // borrowed; (out), rounded up to whole panels
} Matrix;

Matrix qlinear_matrix(const Linear *w, int in, int out); // in float
// Makes it int8, in so many bytes of zeros on a 64-byte boundary.
size_t qlinear_bytes(const Matrix *m);
void qlinear_round(Matrix *m, void *memory);

// The step in which a row of int8 counts, and a number in it; 0: it is below 1e-30.
real qlinear_step(const real *row, int count);
static inline int8_t qlinear_steps(real x, real step) {
    return (int8_t)lround((double)(x / step));
}

// y = x Wt + b for N rows, of several maps of the same x at once. QLINEAR_FEW rows at
// most go through int8, where there is; more, as of a prompt, are bound by arithmetic
// and not by memory, and go through the float weights. Of int8 a row's result does not
// depend on the others.                                x: (N, in)  y: (N, out)
enum { QLINEAR_FEW = 24 };
typedef struct QLinear {
    real *y;
    const Matrix *w;
} QLinear;
void qlinear_forward(Pool *p, const QLinear *maps, int count, const real *x, int N);

// W as `m` stands for it: (out, in). For tests and measurements.
void qlinear_widen(real *ret, const Matrix *m);

#endif
