#include "model/train/muon.h"

#include "model/bf16.h"
#include "model/operand.h"

#include <glib.h>

// The quintic's, by Jordan: none brings small singular values up sooner.
static const real QUINTIC_A = (real)3.4445, QUINTIC_B = (real)-4.7750,
                  QUINTIC_C = (real)2.0315;

enum {
    STEPS = 5,
    LEAST = 32, // smaller matrices do not pay for packing
};

typedef struct Job {
    const MuonMatrix *matrices;
    bool mixed;
    real scale, rate, decay;
} Job;

VECTOR_CLONES
static void look_ahead(real *u, real *m, const real *grad, size_t count, real scale) {
    const real b = (real)MUON_MOMENTUM;
    for (size_t i = 0; i < count; i++) {
        real g = (1 - b) * scale * grad[i];
        m[i] = b * m[i] + g;
        u[i] = g + b * m[i];
    }
}

VECTOR_CLONES
static void apply(real *w, const real *u, size_t count, real rate, real keep) {
    for (size_t i = 0; i < count; i++) w[i] = keep * w[i] - rate * u[i];
}

VECTOR_CLONES
static void normalise(real *x, size_t count) {
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++) sum += x[i] * x[i];
    real inverse = 1 / (real_sqrt(sum) + (real)1e-20);
    for (size_t i = 0; i < count; i++) x[i] *= inverse;
}

// a I + b s + c t, into t; all (n, n).
VECTOR_CLONES
static void polynomial(real *t, const real *s, int n) {
    for (size_t i = 0; i < (size_t)n * (size_t)n; i++)
        t[i] = QUINTIC_B * s[i] + QUINTIC_C * t[i];
    for (int i = 0; i < n; i++) t[(size_t)i * (size_t)n + (size_t)i] += QUINTIC_A;
}

// C = A B (n, n), known to be symmetric: what stands below the diagonal's panels is
// copied from above it.
static void symmetric(View C, Operand a, Operand b, int n, int k) {
    for (int at = 0; at < n; at += BF16_PANEL) {
        int columns = MIN(BF16_PANEL, n - at);
        operand_multiply(view(C.at + at, C.stride), NOTHING, a, operand_from(b, at, 0),
                         at + columns, columns, k);
        for (int i = at; i < at + columns; i++)
            for (int j = 0; j < at; j++)
                C.at[(size_t)i * (size_t)n + (size_t)j] =
                    C.at[(size_t)j * (size_t)n + (size_t)i];
    }
}

// What an orthogonal() takes: x, y, s and t, and two operands.
typedef struct Room {
    real *x, *y, *s, *t;
    OperandRoom operands;
} Room;

static Room room_for(int rows, int columns, bool mixed) {
    size_t n = (size_t)MIN(rows, columns), k = (size_t)MAX(rows, columns);
    size_t numbers = 2 * (n * k + n * n);
    numbers = (numbers + 15) / 16 * 16;
    size_t packed = MAX(operand_room((int)n, (int)k), operand_room((int)k, (int)n));
    real *at = pool_task_scratch(numbers * sizeof *at +
                                 (mixed ? 2 * packed * sizeof(uint32_t) : 0));
    return (Room){at, at + n * k, at + 2 * n * k, at + 2 * n * k + n * n,
                  mixed ? (OperandRoom)(void *)(at + numbers) : NULL};
}

// x (rows, columns) -> O(x), where x or y was, which is returned. The products that are
// summed over the longer side leave the smaller (n, n), s.
static real *orthogonal(const Room *r, int rows, int columns) {
    bool wide = rows <= columns;
    int n = MIN(rows, columns), k = MAX(rows, columns);
    View X = view(r->x, columns), Y = view(r->y, columns), S = view(r->s, n),
         T = view(r->t, n);
    normalise(X.at, (size_t)rows * (size_t)columns);
    for (int i = 0; i < STEPS; i++) {
        OperandRoom room = r->operands;
        Operand left = operand_left_in(&room, X, !wide, n, k, 1),
                right = operand_right_in(&room, X, !wide, n, k, 1);
        symmetric(S, left, right, n, k);
        room = r->operands;
        left = operand_left_in(&room, S, false, n, n, 1);
        right = operand_right_in(&room, S, true, n, n, 1);
        symmetric(T, left, right, n, n);
        polynomial(T.at, S.at, n);
        room = r->operands;
        left = operand_left_in(&room, wide ? T : X, false, rows, n, 1);
        right = operand_right_in(&room, wide ? X : T, true, columns, n, 1);
        operand_multiply(Y, NOTHING, left, right, rows, columns, n);
        View swap = X;
        X = Y;
        Y = swap;
    }
    return X.at;
}

static void update(void *data, int begin, int end) {
    const Job *j = data;
    for (const MuonMatrix *x = j->matrices + begin; x < j->matrices + end; x++) {
        size_t count = (size_t)x->rows * (size_t)x->columns;
        Room room = room_for(x->rows, x->columns,
                             j->mixed && MIN(x->rows, x->columns) >= LEAST);
        look_ahead(room.x, x->m, x->grad, count, j->scale);
        const real *u = orthogonal(&room, x->rows, x->columns);
        real size = (real)0.2 * real_sqrt((real)MAX(x->rows, x->columns));
        apply(x->w, u, count, j->rate * size, 1 - j->rate * j->decay);
    }
}

void muon_update(Pool *p, const MuonMatrix *matrices, int count, double rate,
                 double scale, double decay) {
    Job j = {matrices, pool_mixed(p), (real)scale, (real)rate, (real)decay};
    pool_run(p, count, 1, update, &j);
}
