#include "model/generate/weights.h"

#include "model/files/memory.h"
#include "model/kernels/lanes.h"
#include "model/layers.h"

#include <glib.h>

enum {
    PANEL = LANES_PANEL,
    FEW = 24, // rows for which int8 is the faster
};

static int panels(int out) { return (out + PANEL - 1) / PANEL; }

static int pairs_in(int in) { return (in + 1) / 2; }

static size_t panel_bytes(int in) { return (size_t)pairs_in(in) * PANEL * 2; }

// Where weight (out, in) is.
static size_t at(int out, int in, int of) {
    return (size_t)(out / PANEL) * panel_bytes(of) +
           (size_t)((in / 2 * PANEL + out % PANEL) * 2 + in % 2);
}

// How the matrices are made: in int8, and whether there was memory for all of them.
typedef struct Making {
    bool int8, lacking;
} Making;

// The step in which a row of int8 counts; 0: it is too small for any.
static real step_of(const real *row, int count) {
    real most = 0;
    for (int i = 0; i < count; i++) most = MAX(most, (real)fabs((double)row[i]));
    return most < (real)1e-30 ? 0 : most / 127;
}

static int8_t to_int8(real x, real step) { return (int8_t)lround((double)(x / step)); }

static Matrix matrix(Making *making, const Linear *w, int in, int out) {
    Matrix m = {.float_weights = w, .in = in, .out = out};
    if (!making->int8) return m;
    size_t rows = (size_t)panels(out) * PANEL;
    m.int8 = memory_new0((size_t)panels(out), panel_bytes(in));
    m.scale = memory_new0(rows, sizeof(real));
    if (!m.int8 || !m.scale) {
        making->lacking = true;
        return m;
    }
    for (int o = 0; o < out; o++) {
        const real *row = w->weight + (size_t)o * (size_t)in;
        if (!(m.scale[o] = step_of(row, in))) continue;
        for (int i = 0; i < in; i++) m.int8[at(o, i, in)] = to_int8(row[i], m.scale[o]);
    }
    return m;
}

static Table table(Making *making, const real *float_weights, int rows, int columns) {
    Table t = {.float_weights = float_weights, .rows = rows, .columns = columns};
    if (!making->int8) return t;
    t.int8 = memory_new0((size_t)rows, (size_t)columns);
    t.scale = memory_new0((size_t)rows, sizeof(real));
    if (!t.int8 || !t.scale) {
        making->lacking = true;
        return t;
    }
    for (int r = 0; r < rows; r++) {
        const real *row = float_weights + (size_t)r * (size_t)columns;
        if (!(t.scale[r] = step_of(row, columns))) continue;
        for (int i = 0; i < columns; i++)
            t.int8[(size_t)r * (size_t)columns + (size_t)i] = to_int8(row[i],
                                                                      t.scale[r]);
    }
    return t;
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
    if (c->recall_heads) {
        const Recall *r = &p->recall;
        int heads = c->recall_heads, V = c->vocabulary;
        w->feed = matrix(&making, &r->feed, c->width, c->width);
        w->next = table(&making, r->next, config_recalled(c) * heads, c->width);
        w->after = table(&making, r->after, V * heads, c->width);
        w->before = table(&making, r->before, V * heads, c->width);
    }
    if (making.lacking) g_clear_pointer(&w, weights_free);
    return w;
}

static void matrix_clear(Matrix *m) {
    memory_free(m->int8);
    memory_free(m->scale);
}

static void table_clear(Table *t) {
    memory_free(t->int8);
    memory_free(t->scale);
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
    matrix_clear(&w->feed);
    Table *tables[] = {&w->next, &w->after, &w->before};
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) table_clear(tables[i]);
    g_free(w);
}

VECTOR_CLONES
static void add_float(real *y, const real *row, real by, int count) {
#pragma omp simd
    for (int i = 0; i < count; i++) y[i] += by * row[i];
}

VECTOR_CLONES
static void add_int8(real *y, const int8_t *row, real by, int count) {
#pragma omp simd
    for (int i = 0; i < count; i++) y[i] += by * (real)row[i];
}

void table_add(real *y, const Table *t, const real *by) {
    for (int r = 0; r < t->rows; r++) {
        size_t at = (size_t)r * (size_t)t->columns;
        if (by[r] == 0 || (t->int8 && (real)fabs((double)by[r]) < TABLE_LEAST))
            continue;
        if (t->int8)
            add_int8(y, t->int8 + at, by[r] * t->scale[r], t->columns);
        else
            add_float(y, t->float_weights + at, by[r], t->columns);
    }
}

void matrix_widen(real *ret, const Matrix *w) {
    for (int o = 0; o < w->out; o++)
        for (int i = 0; i < w->in; i++)
            *ret++ = w->int8 ? w->scale[o] * (real)w->int8[at(o, i, w->in)]
                             : w->float_weights
                                   ->weight[(size_t)o * (size_t)w->in + (size_t)i];
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
    int before = 0; // panels of the maps before m
    for (int i = begin; i < end; i++) {
        while (i - before >= panels(m->w->out)) before += panels((m++)->w->out);
        panel_of(j, m, i - before);
    }
}

static void few(Pool *p, const QLinear *maps, int parts, const real *x, int N) {
    int in = maps->w->in, limit = lanes_limit(in);
    int16_t *rounded = pool_task_scratch((size_t)(N * 2 * pairs_in(in)) *
                                         sizeof *rounded);
    real scale[FEW];
    for (int n = 0; n < N; n++)
        scale[n] = lanes_round(rounded + (size_t)n * 2 * (size_t)pairs_in(in),
                               x + (size_t)n * (size_t)in, in, limit);
    Job j = {maps, rounded, scale, N, pairs_in(in)};
    // Two stretches a thread: memory gives most to those who read on and on.
    pool_run(p, parts, MAX(1, parts / (2 * pool_threads(p))), few_rows, &j);
}

void qlinear_forward(Pool *p, const QLinear *maps, int count, const real *x, int N) {
    int parts = 0;
    for (int i = 0; i < count; i++) {
        const Matrix *w = maps[i].w;
        parts += panels(w->out);
        if (!w->int8 || N > FEW)
            linear_forward(p, maps[i].y, x, w->float_weights, N, w->in, w->out);
    }
    if (maps->w->int8 && N <= FEW) few(p, maps, parts, x, N);
}
