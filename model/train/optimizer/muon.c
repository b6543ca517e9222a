#include "model/train/optimizer/muon.h"

#include "model/kernels/bf16.h"
#include "model/kernels/operand.h"

#include <glib.h>

// Jordan's coefficients of the quintic polynomial, chosen to raise small singular
// values as fast as possible.
static const real QUINTIC_A = (real)3.4445, QUINTIC_B = (real)-4.7750,
                  QUINTIC_C = (real)2.0315;

enum {
    STEPS = 5,  // odd, see orthogonal()
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

// The matrices x xT and their products are symmetric: only their panels on and above
// the diagonal are computed (see operand_symmetric_in()), here from panel to panel.
static int first_of(int row) { return row / BF16_PANEL * BF16_PANEL; }

// a I + b s + c t, into t; all (n, n).
VECTOR_CLONES
static void polynomial(real *t, const real *s, int n) {
    for (int i = 0; i < n; i++, s += n, t += n) {
        for (int j = first_of(i); j < n; j++)
            t[j] = QUINTIC_B * s[j] + QUINTIC_C * t[j];
        t[i] += QUINTIC_A;
    }
}

// c (n, n) = a b, where the product is known to be symmetric.
static void symmetric(real *c, Operand a, Operand b, int n, int k) {
    for (int at = 0; at < n; at += BF16_PANEL)
        operand_multiply(view(c + at, n), FROM_ZERO, a, operand_from(b, at, 0),
                         MIN(at + BF16_PANEL, n), MIN(BF16_PANEL, n - at), k);
}

// The workspace of orthogonal(): x, y, three (n, n) matrices, and three operands packed
// from them, or one from them and one from x.
enum { SQUARES = 3 };
typedef struct Room {
    real *x, *y, *squares[SQUARES];
    OperandRoom operands[SQUARES];
} Room;

static Room room_for(int rows, int columns, bool mixed) {
    size_t n = (size_t)MIN(rows, columns), k = (size_t)MAX(rows, columns);
    size_t numbers = (2 * n * k + SQUARES * n * n + 15) / 16 * 16;
    size_t square = operand_room((int)n, (int)n);
    size_t whole = MAX(operand_room((int)n, (int)k), operand_room((int)k, (int)n));
    size_t packed = mixed ? (SQUARES - 1) * square + whole : 0;
    real *at = pool_task_scratch(numbers * sizeof *at + packed * sizeof(uint32_t));
    Room r = {.x = at, .y = at + n * k};
    for (size_t i = 0; i < SQUARES; i++) {
        r.squares[i] = at + 2 * n * k + i * n * n;
        if (mixed) r.operands[i] = (OperandRoom)(void *)(at + numbers) + i * square;
    }
    return r;
}

static Operand ready(const Room *r, int place, int square, int n) {
    OperandRoom room = r->operands[place];
    return operand_symmetric_in(&room, view(r->squares[square], n), n);
}

// c (n, n) = a b. Both are polynomials of the same symmetric matrix, so they commute
// and c is symmetric.
static void square_product(real *c, Operand a, Operand b, int n) {
    symmetric(c, operand_as_left(a), b, n, n);
}

// Returns the matrix by which x is multiplied. For one step it is p1, a polynomial of s
// = x xT (squares[0]). For two steps it is p2 p1, where p2 is the polynomial of p1 s
// p1, which equals x xT after the first step; so the second step needs no product over
// the longer side.
static Operand factor(const Room *r, int n, bool two) {
    real *s = r->squares[0], *p = r->squares[1], *t = r->squares[2];
    Operand S = ready(r, 0, 0, n);
    square_product(p, S, S, n);
    polynomial(p, s, n);
    Operand P = ready(r, 1, 1, n);
    if (!two) return P;
    square_product(t, S, P, n);
    square_product(s, ready(r, 2, 2, n), P, n);
    S = ready(r, 0, 0, n);
    square_product(t, S, S, n);
    polynomial(t, s, n);
    square_product(s, ready(r, 2, 2, n), P, n);
    return ready(r, 0, 0, n);
}

// Computes O(x) of x (rows, columns) in the memory of x or y, and returns which. s = x
// xT or xT x sums over the longer side, so that it has the size (n, n) of the shorter
// one.
//
// For a long matrix, steps 2 and 3 and steps 4 and 5 are merged (see factor()). No more
// than two can be: the rounding errors in the small singular values of s grow
// twelvefold with each merged step.
static real *orthogonal(Room *r, int rows, int columns) {
    bool wide = rows <= columns, two = false;
    int n = MIN(rows, columns), k = MAX(rows, columns);
    normalise(r->x, (size_t)rows * (size_t)columns);
    for (int done = 0; done < STEPS; done += two ? 2 : 1) {
        two = done > 0 && k >= 2 * n;
        MatrixView X = view(r->x, columns), Y = view(r->y, columns);
        OperandRoom room = r->operands[0];
        Operand right = operand_right_in(&room, X, !wide, n, k, 1);
        symmetric(r->squares[0], operand_as_left(right), right, n, k);
        Operand F = factor(r, n, two);
        room = r->operands[two ? 1 : 2];
        if (wide)
            operand_multiply(Y, FROM_ZERO, operand_as_left(F),
                             operand_right_in(&room, X, true, columns, n, 1), rows,
                             columns, n);
        else
            operand_multiply(Y, FROM_ZERO, operand_left_in(&room, X, false, rows, n, 1),
                             F, rows, columns, n);
        r->y = X.at;
        r->x = Y.at;
    }
    return r->x;
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
