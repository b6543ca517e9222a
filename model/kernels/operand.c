#include "model/kernels/operand.h"

#include "model/kernels/bf16.h"

#include <glib.h>

static int round_up(int n, int to) { return (n + to - 1) / to * to; }

static int pairs_in(int k) { return (k + 1) / 2; }

// Returns the distance between rows. If it were a power of two, the rows would compete
// for the same few cache sets.
static int row_stride(int k) { return round_up(pairs_in(k), 16) + 16; }

size_t operand_room(int width, int k) {
    return (size_t)round_up(width, BF16_PANEL) * (size_t)row_stride(k);
}

Operand operand_left(MatrixView x, bool k_strided, int m, int k, real scale,
                     uint32_t *room) {
    int stride = k_strided ? pairs_in(k) * BF16_PANEL : row_stride(k);
    return (Operand){x, scale, false, k_strided, k_strided, m, k, room, stride};
}

Operand operand_right(MatrixView x, bool k_strided, int n, int k, real scale,
                      uint32_t *room) {
    return (Operand){
        x, scale, true, k_strided, true, n, k, room, pairs_in(k) * BF16_PANEL};
}

int operand_parts(const Operand *o) {
    if (!o->bf16) return 0;
    return o->k_strided ? (o->k + OPERAND_ROWS - 1) / OPERAND_ROWS
                        : (o->width + BF16_PANEL - 1) / BF16_PANEL;
}

Operand operand_from(Operand o, int at, int from) {
    int row = o.k_strided ? from : at, column = o.k_strided ? at : from;
    o.x.at += (ptrdiff_t)row * o.x.stride + column;
    if (o.bf16 && o.panels)
        o.bf16 += (ptrdiff_t)(at / BF16_PANEL) * o.stride +
                  (ptrdiff_t)(from / 2) * BF16_PANEL;
    else if (o.bf16)
        o.bf16 += (ptrdiff_t)at * o.stride + from / 2;
    o.width -= at;
    o.k -= from;
    return o;
}

static void pack_strided(const Operand *o, int part) {
    Operand rows = operand_from(*o, 0, part * OPERAND_ROWS);
    for (int at = 0; at < o->width; at += BF16_PANEL) {
        Operand p = operand_from(rows, at, 0);
        bf16_pack_panel(p.bf16, p.x.at, p.x.stride, MIN(BF16_PANEL, p.width),
                        MIN(OPERAND_ROWS, p.k), o->scale);
    }
}

static void pack_contiguous(const Operand *o, int part) {
    Operand p = operand_from(*o, part * BF16_PANEL, 0);
    int width = MIN(BF16_PANEL, p.width);
    if (o->right)
        bf16_pack_turned(p.bf16, p.x.at, p.x.stride, width, o->k, o->scale);
    else
        bf16_pack_rows(p.bf16, p.stride, p.x.at, p.x.stride, width, o->k, o->scale);
}

void operand_pack(const Operand *o, int begin, int end) {
    for (int i = begin; i < end; i++)
        (o->k_strided ? pack_strided : pack_contiguous)(o, i);
}

void operand_pack_both(const Operand *k_contiguous, const Operand *k_strided,
                       real *sums, int part) {
    Operand rows = operand_from(*k_contiguous, part * OPERAND_ROWS, 0);
    Operand panels = operand_from(*k_strided, 0, part * OPERAND_ROWS);
    for (int at = 0; at < k_strided->width; at += BF16_PANEL) {
        Operand p = operand_from(panels, at, 0);
        bf16_pack_both(rows.bf16 + at / 2, rows.stride, p.bf16,
                       sums + (ptrdiff_t)part * k_strided->width + at, p.x.at,
                       p.x.stride, MIN(BF16_PANEL, p.width), MIN(OPERAND_ROWS, p.k));
    }
}

static Operand ready(OperandRoom *room, Operand o) {
    operand_pack(&o, 0, operand_parts(&o));
    if (*room) *room += operand_room(o.width, o.k);
    return o;
}

Operand operand_left_in(OperandRoom *room, MatrixView x, bool k_strided, int m, int k,
                        real scale) {
    return ready(room, operand_left(x, k_strided, m, k, scale, *room));
}

Operand operand_right_in(OperandRoom *room, MatrixView x, bool k_strided, int n, int k,
                         real scale) {
    return ready(room, operand_right(x, k_strided, n, k, scale, *room));
}

Operand operand_as_left(Operand right) {
    right.right = false;
    return right;
}

static void mirror(MatrixView x, int n) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i / BF16_PANEL * BF16_PANEL; j++)
            x.at[(ptrdiff_t)i * x.stride + j] = x.at[(ptrdiff_t)j * x.stride + i];
}

Operand operand_symmetric_in(OperandRoom *room, MatrixView x, int n) {
    Operand o = operand_right(x, true, n, n, 1, *room);
    if (!o.bf16) mirror(x, n);
    for (int at = 0; o.bf16 && at < n; at += BF16_PANEL) {
        int width = MIN(BF16_PANEL, n - at), below = at + width;
        Operand p = operand_from(o, at, 0), rest = operand_from(p, 0, below);
        bf16_pack_panel(p.bf16, p.x.at, x.stride, width, below, 1);
        const real *across = x.at + (ptrdiff_t)at * x.stride + below;
        bf16_pack_turned(rest.bf16, across, x.stride, width, n - below, 1);
    }
    if (*room) *room += operand_room(n, n);
    return o;
}

// Copies `start` into C unless it is C itself, and returns the beta for gemm.h.
static real begin_sums(MatrixView C, MatrixView start, int m, int n) {
    if (!start.at) return 0;
    if (start.at != C.at)
        for (int i = 0; i < m; i++)
            memcpy(C.at + (ptrdiff_t)i * C.stride,
                   start.at + (ptrdiff_t)i * start.stride, (size_t)n * sizeof(real));
    return 1;
}

void operand_multiply(MatrixView C, MatrixView start, Operand a, Operand b, int m,
                      int n, int k) {
    if (a.bf16) {
        bf16_multiply(C, start, (Bf16Left){a.bf16, a.panels, a.stride}, b.bf16,
                      b.stride, m, n, pairs_in(k));
        return;
    }
    real beta = begin_sums(C, start, m, n), scale = a.scale * b.scale;
    if (a.k_strided)
        gemm_tn(C, a.x, b.x, m, n, k, scale, beta);
    else if (b.k_strided)
        gemm_nn(C, a.x, b.x, m, n, k, scale, beta);
    else
        gemm_nt(C, a.x, b.x, m, n, k, scale, beta);
}
