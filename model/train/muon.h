// Muon (Jordan 2024): momentum, made orthogonal, for the matrices inside the network.
//
//     m = b m + (1-b) g;  u = (1-b) g + b m            Nesterov's look ahead
//     w -= rate (0.2 sqrt(max(rows, columns)) O(u) + decay w)
//
// O(u) is the nearest matrix to u whose singular values are one, roughly: five steps of
//     x <- a x + b (x xT) x + c (x xT)^2 x,    x = u / |u| first,
// with the a, b and c that bring every singular value to 0.7-1.2 soonest. The factor
// before it (Liu et al. 2025, "Muon is scalable") gives an update the size of AdamW's,
// so that both go by one rate.
//
// A network has many matrices, each of its steps few and small products that wait for
// one another: so a thread takes a matrix as a whole, and several are at it at once.
#ifndef MODEL_TRAIN_MUON_H
#define MODEL_TRAIN_MUON_H

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
