#include "model/qlinear.h"

#include "model/kernels/lanes.h"

#include <glib.h>

enum { PANEL = LANES_PANEL };

static int panels(int out) { return (out + PANEL - 1) / PANEL; }

static int pairs_in(int in) { return (in + 1) / 2; }

static size_t panel_bytes(int in) { return (size_t)pairs_in(in) * PANEL * 2; }

// Returns the index of weight (out, in).
static size_t at(int out, int in, int of) {
    return (size_t)(out / PANEL) * panel_bytes(of) +
           (size_t)((in / 2 * PANEL + out % PANEL) * 2 + in % 2);
}

real qlinear_step(const real *row, int count) {
    real most = 0;
    for (int i = 0; i < count; i++) most = MAX(most, (real)fabs((double)row[i]));
    return most < (real)1e-30 ? 0 : most / 127;
}

Matrix qlinear_matrix(const Linear *w, int in, int out) {
    return (Matrix){.float_weights = w, .in = in, .out = out};
}

static size_t numbers(const Matrix *m) {
    return (size_t)panels(m->out) * panel_bytes(m->in);
}

size_t qlinear_bytes(const Matrix *m) {
    return numbers(m) + (size_t)panels(m->out) * PANEL * sizeof *m->scale;
}

void qlinear_round(Matrix *m, void *memory) {
    int in = m->in, out = m->out;
    m->int8 = memory;
    m->scale = (real *)(void *)(m->int8 + numbers(m));
    for (int o = 0; o < out; o++) {
        const real *row = m->float_weights->weight + (size_t)o * (size_t)in;
        if (!(m->scale[o] = qlinear_step(row, in))) continue;
        for (int i = 0; i < in; i++)
            m->int8[at(o, i, in)] = qlinear_steps(row[i], m->scale[o]);
    }
}

void qlinear_widen(real *ret, const Matrix *m) {
    for (int o = 0; o < m->out; o++)
        for (int i = 0; i < m->in; i++)
            *ret++ = m->int8 ? m->scale[o] * (real)m->int8[at(o, i, m->in)]
                             : m->float_weights
                                   ->weight[(size_t)o * (size_t)m->in + (size_t)i];
}

typedef struct Job {
    const QLinear *maps;
    int16_t *x;  // (N, 2 pairs), rounded
    real *scale; // (N)
    int N, pairs;
} Job;

static void panel_of(const Job *j, const QLinear *m, int panel) {
    int out = m->w->out, first = panel * PANEL, count = MIN(PANEL, out - first);
    const real *scale = m->w->scale + first, *bias = m->w->float_weights->bias + first;
    const int8_t *w = m->w->int8 + (size_t)panel * panel_bytes(m->w->in);
    for (int n = 0; n < j->N; n += 2) {
        const int16_t *x = j->x + (size_t)n * (size_t)j->pairs * 2;
        int32_t sums[2][PANEL];
        lanes()->panel(sums, w, x, n + 1 < j->N ? x + 2 * j->pairs : NULL, j->pairs);
        for (int r = 0; r < 2 && n + r < j->N; r++) {
            real *y = m->y + (size_t)(n + r) * (size_t)out + first;
            for (int o = 0; o < count; o++)
                y[o] = bias[o] + scale[o] * j->scale[n + r] * (real)sums[r][o];
        }
    }
}

static void few_rows(void *data, int begin, int end) {
    const Job *j = data;
    const QLinear *m = j->maps;
    int before = 0; // the number of panels of the maps before m
    for (int i = begin; i < end; i++) {
        while (i - before >= panels(m->w->out)) before += panels((m++)->w->out);
        panel_of(j, m, i - before);
    }
}

static void few(Pool *p, const QLinear *maps, int parts, const real *x, int N) {
    int in = maps->w->in, limit = lanes_limit(in);
    int16_t *rounded = pool_task_scratch((size_t)(N * 2 * pairs_in(in)) *
                                         sizeof *rounded);
    real scale[QLINEAR_FEW];
    for (int n = 0; n < N; n++)
        scale[n] = lanes_round(rounded + (size_t)n * 2 * (size_t)pairs_in(in),
                               x + (size_t)n * (size_t)in, in, limit);
    Job j = {maps, rounded, scale, N, pairs_in(in)};
    // Two stretches per thread, since memory is fastest when it is read in sequence.
    pool_run(p, parts, MAX(1, parts / (2 * pool_threads(p))), few_rows, &j);
}

void qlinear_forward(Pool *p, const QLinear *maps, int count, const real *x, int N) {
    int parts = 0;
    for (int i = 0; i < count; i++) {
        const Matrix *w = maps[i].w;
        parts += panels(w->out);
        if (!w->int8 || N > QLINEAR_FEW)
            linear_forward(p, maps[i].y, x, w->float_weights, N, w->in, w->out);
    }
    if (maps->w->int8 && N <= QLINEAR_FEW) few(p, maps, parts, x, N);
}
