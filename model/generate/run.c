#include "model/generate/run.h"

#include "model/files/memory.h"

bool run_init(Run *r, const Weights *w, KeyStore *store) {
    const Config *c = &w->model->config;
    size_t rows = (size_t)c->layers * (size_t)c->latents, d = (size_t)c->width;
    if (!w->int8) {
        r->k = memory_new(rows * d, sizeof *r->k);
        r->v = memory_new(rows * d, sizeof *r->v);
        return r->k && r->v;
    }
    r->cache = key_cache_new(store);
    return r->cache.blocks;
}

void run_free(Run *r) {
    key_cache_free(&r->cache);
    memory_free(r->k);
    memory_free(r->v);
    *r = (Run){0};
}

void run_copy(Run *r, const Run *from, const Config *c) {
    r->begin = from->begin;
    r->length = from->length;
    if (r->cache.blocks) key_cache_copy(&r->cache, &from->cache);
    size_t size = (size_t)c->layers * (size_t)c->latents * (size_t)c->width;
    if (r->k) memcpy(r->k, from->k, size * sizeof *r->k);
    if (r->v) memcpy(r->v, from->v, size * sizeof *r->v);
}

static real *row(real *x, const RunAttend *r, int at) {
    return x + (size_t)at * (size_t)r->config->width;
}

// Returns the start of the layer's exact keys or values.
static real *layer_of(real *x, const RunAttend *r) {
    return row(x, r, r->layer * r->config->latents);
}

static void turn(const RunAttend *r, real *x, const RunPart *p) {
    rotary(r->pool, row(x, r, p->at), r->rotary, p->run->length, 1, p->n, r->config);
}

static void keep(const RunAttend *r, const BlockActs *a, const RunPart *p) {
    int length = p->run->length;
    const real *k = row(a->k, r, p->at), *v = row(a->v, r, p->at);
    if (p->run->cache.blocks)
        key_cache_write(r->pool, &p->run->cache, r->layer, k, v, length, p->n);
    else {
        size_t size = (size_t)p->n * (size_t)r->config->width * sizeof(real);
        memcpy(row(layer_of(p->run->k, r), r, length), k, size);
        memcpy(row(layer_of(p->run->v, r), r, length), v, size);
    }
}

// Computes many latents by the attention of layers.h, over the run in float.
static void attend_many(const RunAttend *r, const BlockActs *a, const RunPart *p) {
    int keys = p->run->length + p->n;
    real *k = r->wide_k, *v = r->wide_v;
    if (p->run->cache.blocks)
        key_cache_read(r->pool, k, v, &p->run->cache, r->layer, keys);
    else
        k = layer_of(p->run->k, r), v = layer_of(p->run->v, r);
    attention_forward(r->pool, row(a->o, r, p->at), a->lse, row(a->q, r, p->at), k, v,
                      p->n, keys, r->config);
}

void run_attend(const RunAttend *r, const BlockActs *a) {
    AttentionStep steps[QLINEAR_FEW];
    int few = 0;
    for (const RunPart *p = r->parts; p < r->parts + r->count; p++) {
        turn(r, a->q, p);
        turn(r, a->k, p);
        keep(r, a, p);
        if (p->n > RUN_FEW || !p->run->cache.blocks)
            attend_many(r, a, p);
        else
            for (int i = 0; i < p->n; i++)
                steps[few++] = (AttentionStep){row(a->o, r, p->at + i),
                                               row(a->q, r, p->at + i), &p->run->cache,
                                               p->run->length + i + 1};
    }
    if (few > 0) attention_steps(r->pool, steps, few, r->layer, r->config);
}
