// The linear maps of a model as generation reads them, one latent at a time: that is
// bound by the memory the weights come from, so they are int8 here, with a scale for
// each row of outputs,
//
//     y_o = b_o + s_o sum over i of w_oi x_i      s_o = max |W_o| / 127   w = W_o / s_o
//
// in panels of 64 outputs, [out/64][in/2][64][2], that are read from end to end; see
// lanes.h. A row below 1e-30 is zeros. Or they are the model's own, exact. Immutable;
// shared by sessions and threads.
#ifndef MODEL_GENERATE_WEIGHTS_H
#define MODEL_GENERATE_WEIGHTS_H

#include "model/files/model.h"
#include "model/kernels/pool.h"

// A linear map, in float if int8 is NULL.
typedef struct Matrix {
    const Linear *float_weights; // borrowed from the model
    int in, out;
    int8_t *int8; // owned
    real *scale;  // owned; (out), rounded up to whole panels
} Matrix;

typedef struct MatrixBlock {
    Matrix q, k, v, out, up, down;
} MatrixBlock;

// Vectors of which some are added up, in float if int8 is NULL; else each has a scale.
typedef struct Table {
    const real *float_weights; // borrowed from the model; (rows, columns)
    int rows, columns;
    int8_t *int8; // owned; as those
    real *scale;  // owned; (rows)
} Table;

typedef struct Weights {
    const Model *model; // borrowed
    Matrix latent, head;
    MatrixBlock cross, *layers;
    Matrix feed; // with the tables of recall.h, if the model has it
    Table next, after, before;
    bool int8;
} Weights;

Weights *weights_new(const Model *m, bool int8); // NULL if there is no memory for it
void weights_free(Weights *w);                   // accepts NULL

// y = x Wt + b for N rows, of several maps of the same x at once. Many rows at a time,
// as of a prompt, are bound by the arithmetic and not by memory: they go through the
// float weights.                                      x: (N, in)  y: (N, out)
typedef struct QLinear {
    real *y;
    const Matrix *w;
} QLinear;
void qlinear_forward(Pool *p, const QLinear *maps, int count, const real *x, int N);

// y += sum over rows of by[row] times the row. Rows by which nothing is added are not
// read, nor those in int8 by which less than TABLE_LEAST is: of what recall would read
// in a context of music 383 rows of 868, which weigh 0.001 together.
//                                                      by: (rows)  y: (columns)
#define TABLE_LEAST ((real)1e-5)
void table_add(real *y, const Table *t, const real *by);

// W as `w` stands for it: (out, in). For tests and measurements.
void matrix_widen(real *ret, const Matrix *w);

#endif
