// The linear maps in the form in which the forward pass multiplies by them: in float,
// as they are trained, or in int8 with a scale for each output. With one latent at a
// time, reading the weights from memory limits the speed, so generation uses int8,
//
//     y_o = b_o + s_o sum over i of w_oi x_i      s_o = max |W_o| / 127   w = W_o / s_o
//
// in panels of 64 outputs, [out/64][in/2][64][2], that are read from end to end; see
// lanes.h. A row whose numbers are all below 1e-30 becomes zeros.
#ifndef MODEL_QLINEAR_H
#define MODEL_QLINEAR_H

#include "model/layers/layers.h"

// The matrix is in float if int8 is NULL. Immutable; threads may share it.
typedef struct Matrix {
    const Linear *float_weights; // borrowed
    int in, out;
    int8_t *int8; // borrowed
    real *scale;  // borrowed; (out), rounded up to whole panels
} Matrix;

Matrix qlinear_matrix(const Linear *w, int in, int out); // in float
// qlinear_round() makes the matrix int8, in qlinear_bytes() bytes of zeros on a
// 64-byte boundary.
size_t qlinear_bytes(const Matrix *m);
void qlinear_round(Matrix *m, void *memory);

// Returns the scale of a row in int8, max |x| / 127; 0 if all of it is below 1e-30.
real qlinear_step(const real *row, int count);
static inline int8_t qlinear_steps(real x, real step) {
    return (int8_t)lround((double)(x / step));
}

// y = x Wt + b for N rows, for several maps of the same x at once. Up to QLINEAR_FEW
// rows use int8, if the maps have it. For more rows, as in a prompt, arithmetic limits
// the speed instead of memory, and they use the float weights. In int8 the result of a
// row does not depend on the other rows.
//                                                               x: (N, in)  y: (N, out)
enum { QLINEAR_FEW = 24 };
typedef struct QLinear {
    real *y;
    const Matrix *w;
} QLinear;
void qlinear_forward(Pool *p, const QLinear *maps, int count, const real *x, int N);

// Writes W as `m` represents it, (out, in). For tests and measurements.
void qlinear_widen(real *ret, const Matrix *m);

#endif
