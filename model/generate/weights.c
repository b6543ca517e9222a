#include "model/generate/weights.h"

#include "model/files/memory.h"

#include <glib.h>

// How matrices are made: in int8 or not, and whether there was enough memory so far.
typedef struct Making {
    bool int8, lacking;
} Making;

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

// Makes all matrices int8, in one piece of memory, so that it lies in huge pages.
// Returns false if there is not enough memory.
static bool round_matrices(Weights *w) {
    int layers = w->model->config.layers, count = 0;
    g_autofree Matrix **all = g_new(Matrix *, 3 + BLOCK_MATRICES * (1 + layers));
    for (int i = -1; i < layers; i++)
        count += block_matrices(all + count, i < 0 ? &w->cross : &w->layers[i]);
    all[count++] = &w->latent;
    all[count++] = &w->head;
    if (w->feed.float_weights) all[count++] = &w->feed;
    size_t bytes = 0;
    for (int i = 0; i < count; i++) bytes += qlinear_bytes(all[i]);
    if (!(w->rounded = memory_new0(bytes, 1))) return false;
    char *at = w->rounded;
    for (int i = 0; i < count; at += qlinear_bytes(all[i++])) qlinear_round(all[i], at);
    return true;
}

Weights *weights_new(const Model *m, bool int8) {
    const Config *c = &m->config;
    const Parameters *p = &m->parameters;
    Making making = {.int8 = int8};
    Weights *w = g_new0(Weights, 1);
    w->model = m;
    w->int8 = int8;
    w->latent = qlinear_matrix(&p->latent, c->width, c->width);
    w->head = qlinear_matrix(&p->head, c->width, c->vocabulary);
    w->cross = block_weights(&p->cross, c);
    w->layers = g_new0(BlockWeights, c->layers);
    for (int i = 0; i < c->layers; i++) w->layers[i] = block_weights(&p->layers[i], c);
    if (c->recall_heads) {
        const Recall *r = &p->recall;
        int heads = c->recall_heads, V = c->vocabulary;
        w->feed = qlinear_matrix(&r->feed, c->width, c->width);
        w->next = table(&making, r->next, config_recalled(c) * heads, c->width);
        w->after = table(&making, r->after, V * heads, c->width);
        w->before = table(&making, r->before, V * heads, c->width);
    }
    if (int8 && !round_matrices(w)) making.lacking = true;
    if (making.lacking) g_clear_pointer(&w, weights_free);
    return w;
}

static void table_clear(Table *t) {
    memory_free(t->int8);
    memory_free(t->scale);
}

void weights_free(Weights *w) {
    if (!w) return;
    memory_free(w->rounded);
    g_free(w->layers);
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
