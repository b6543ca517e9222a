// Muon (Jordan 2024): updates the matrices inside the network by their orthogonalised
// momentum.
//
//     m = b m + (1-b) g;  u = (1-b) g + b m            Nesterov's look ahead
//     w -= rate (0.2 sqrt(max(rows, columns)) O(u) + decay w)
//
// O(u) approximates the matrix nearest to u whose singular values are all one, by five
// steps of
//     x <- a x + b (x xT) x + c (x xT)^2 x,    x = u / |u| first,
// with a, b and c chosen to bring every singular value into 0.7-1.2 as fast as
// possible. The factor before O(u) (Liu et al. 2025, "Muon is scalable") gives the
// update the size of an AdamW update, so that one learning rate serves both.
//
// The products of one matrix are few, small, and depend on one another. So each thread
// takes whole matrices, and several matrices are updated at the same time.
#ifndef MODEL_TRAIN_OPTIMIZER_MUON_H
#define MODEL_TRAIN_OPTIMIZER_MUON_H

#include "model/kernels/pool.h"
#include "model/real.h"

#define MUON_MOMENTUM 0.95

typedef struct MuonMatrix {
    real *w, *m;      // (rows, columns), as is
    const real *grad; // its gradient
    int rows, columns;
} MuonMatrix;

// One update of each by scale times its gradient.
void muon_update(Pool *p, const MuonMatrix *matrices, int count, double rate,
                 double scale, double decay);

#endif
