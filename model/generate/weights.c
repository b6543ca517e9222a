#include "model/generate/weights.h"

#include "model/files/memory.h"

#include <glib.h>

// How matrices are made: in int8 or not, and whether there was enough memory so far.
typedef struct Making {
    bool int8, lacking;
} Making;

static Matrix matrix(Making *making, const Linear *w, int in, int out) {
    Matrix m = qlinear_matrix(w, in, out);
    if (making->int8 && !qlinear_round(&m)) making->lacking = true;
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
        if (!(t.scale[r] = qlinear_step(row, columns))) continue;
        for (int i = 0; i < columns; i++)
            t.int8[(size_t)r * (size_t)columns + (size_t)i] = qlinear_steps(row[i],
                                                                            t.scale[r]);
    }
    return t;
}

static BlockWeights block(Making *making, const Block *b, int d) {
    BlockWeights w = block_weights(b, d);
    if (making->int8 && !block_weights_round(&w)) making->lacking = true;
    return w;
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
    w->layers = g_new0(BlockWeights, c->layers);
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

static void table_clear(Table *t) {
    memory_free(t->int8);
    memory_free(t->scale);
}

void weights_free(Weights *w) {
    if (!w) return;
    qlinear_clear(&w->latent);
    qlinear_clear(&w->head);
    block_weights_clear(&w->cross);
    for (int i = 0; i < w->model->config.layers; i++)
        block_weights_clear(&w->layers[i]);
    g_free(w->layers);
    qlinear_clear(&w->feed);
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
