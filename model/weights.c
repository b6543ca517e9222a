#include "model/weights.h"

#include "model/lanes.h"
#include "model/layers.h"
#include "model/memory.h"
#include "model/product.h"

#include <glib.h>

enum {
    PANEL = LANES_PANEL,
    FEW = 24, // rows up to which the weights are read as they are
};

static int panels(int out) { return (out + PANEL - 1) / PANEL; }

// How the matrices are made: in int8, and whether there was memory for all of them.
typedef struct Making {
    bool int8, lacking;
} Making;

static Matrix matrix(Making *making, const Linear *w, int in, int out) {
    Matrix m = {.exact = w, .in = in, .out = out};
    if (!making->int8) return m;
    size_t rows = (size_t)panels(out) * PANEL;
    m.int8 = memory_new0(rows, (size_t)in);
    m.scale = memory_new0(rows, sizeof(real));
    if (!m.int8 || !m.scale) {
        making->lacking = true;
        return m;
    }
    for (int o = 0; o < out; o++) {
        const real *row = w->weight + (size_t)o * (size_t)in;
        real most = 0;
        for (int i = 0; i < in; i++) most = MAX(most, (real)fabs((double)row[i]));
        if (most == 0) continue;
        m.scale[o] = most / 127;
        for (int i = 0; i < in; i++)
            m.int8[((size_t)(o / PANEL) * (size_t)in + (size_t)i) * PANEL +
                   (size_t)(o % PANEL)] = (int8_t)lround((double)(row[i] / m.scale[o]));
    }
    return m;
}

static MatrixBlock block(Making *making, const Block *b, int d) {
    const Attn *a = &b->attn;
    return (MatrixBlock){.q = matrix(making, &a->q, d, d),
                         .k = matrix(making, &a->k, d, d),
                         .v = matrix(making, &a->v, d, d),
                         .out = matrix(making, &a->out, d, d),
                         .up = matrix(making, &b->mlp.up, d, MLP_RATIO * d),
                         .down = matrix(making, &b->mlp.down, MLP_RATIO * d, d)};
}

Weights *weights_new(const Model *m, bool int8) {
    const Config *c = &m->config;
    const Parameters *p = &m->parameters;
    Making making = {.int8 = int8};
    Weights *w = g_new0(Weights, 1);
    w->model = m;
    w->int8 = int8;
    w->latent = matrix(&making, &p->latent, c->width, c->width);
    w->head = matrix(&making, &p->head, c->width, c->vocabulary);
    w->cross = block(&making, &p->cross, c->width);
    w->layers = g_new0(MatrixBlock, c->layers);
    for (int i = 0; i < c->layers; i++)
        w->layers[i] = block(&making, &p->layers[i], c->width);
    if (making.lacking) g_clear_pointer(&w, weights_free);
    return w;
}

static void matrix_clear(Matrix *m) {
    memory_free(m->int8);
    memory_free(m->scale);
}

static void block_clear(MatrixBlock *b) {
    Matrix *all[] = {&b->q, &b->k, &b->v, &b->out, &b->up, &b->down};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) matrix_clear(all[i]);
}

void weights_free(Weights *w) {
    if (!w) return;
    matrix_clear(&w->latent);
    matrix_clear(&w->head);
    block_clear(&w->cross);
    for (int i = 0; i < w->model->config.layers; i++) block_clear(&w->layers[i]);
    g_free(w->layers);
    g_free(w);
}

// Rows [first, last) of W, widened: (last - first, in).
VECTOR_CLONES
static void widen_rows(real *to, const Matrix *w, int first, int last) {
    for (int o = first; o < last; o++) {
        const int8_t *at = w->int8 + (size_t)(o / PANEL) * (size_t)w->in * PANEL +
                           o % PANEL;
        real *row = to + (size_t)(o - first) * (size_t)w->in;
        for (int i = 0; i < w->in; i++) row[i] = w->scale[o] * (real)at[i * PANEL];
    }
}

void matrix_widen(real *ret, const Matrix *w) {
    if (w->int8)
        widen_rows(ret, w, 0, w->out);
    else
        memcpy(ret, w->exact->weight, (size_t)w->out * (size_t)w->in * sizeof(real));
}

typedef struct Job {
    const Map *maps;
    const real *x;
    int N;
} Job;

static void panel_of(const Job *j, const Map *m, int panel) {
    int in = m->w->in, out = m->w->out;
    int first = panel * PANEL, count = MIN(PANEL, out - first);
    const real *scale = m->w->scale + first, *bias = m->w->exact->bias + first;
    const int8_t *w = m->w->int8 + (size_t)panel * (size_t)in * PANEL;
    for (int n = 0; n < j->N; n += 2) {
        const real *x = j->x + (size_t)n * (size_t)in;
        real sums[2][PANEL];
        lanes()->panel(sums, w, x, n + 1 < j->N ? x + in : NULL, in);
        for (int r = 0; r < 2 && n + r < j->N; r++) {
            real *y = m->y + (size_t)(n + r) * (size_t)out + first;
            for (int o = 0; o < count; o++) y[o] = bias[o] + scale[o] * sums[r][o];
        }
    }
}

static void few_rows(void *data, int begin, int end) {
    const Job *j = data;
    const Map *m = j->maps;
    int before = 0; // panels of the maps before m
    for (int i = begin; i < end; i++) {
        while (i - before >= panels(m->w->out)) before += panels((m++)->w->out);
        panel_of(j, m, i - before);
    }
}

// Outputs are done in runs of so many, whose weights are widened together.
enum { RUN = 512 };

typedef struct Widening {
    real *to;
    const Matrix *w;
    int first;
} Widening;

static void widen_part(void *data, int begin, int end) {
    const Widening *j = data;
    widen_rows(j->to + (size_t)begin * (size_t)j->w->in, j->w, j->first + begin,
               j->first + end);
}

static void many_rows(Pool *p, const Map *m, const real *x, int N) {
    const Matrix *w = m->w;
    real *wide = g_new(real, (size_t)MIN(RUN, w->out) * (size_t)w->in);
    for (int first = 0; first < w->out; first += RUN) {
        int count = MIN(RUN, w->out - first);
        pool_run(p, count, 16, widen_part, &(Widening){wide, w, first});
        product(p, PRODUCT_NT, view(m->y + first, w->out),
                view(w->exact->bias + first, 0), view(x, w->in), view(wide, w->in), N,
                count, w->in);
    }
    g_free(wide);
}

void maps_forward(Pool *p, const Map *maps, int count, const real *x, int N) {
    int parts = 0;
    for (int i = 0; i < count; i++) {
        const Matrix *w = maps[i].w;
        parts += panels(w->out);
        if (!w->int8)
            linear_forward(p, maps[i].y, x, w->exact, N, w->in, w->out);
        else if (N > FEW)
            many_rows(p, &maps[i], x, N);
    }
    if (maps->w->int8 && N <= FEW) pool_run(p, parts, 1, few_rows, &(Job){maps, x, N});
}
