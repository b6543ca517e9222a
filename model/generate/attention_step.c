#include "model/generate/attention_step.h"

#include "model/files/memory.h"
#include "model/kernels/lanes.h"

#include <glib.h>

enum { LANES = LANES_KEYS, BLOCK = 128 }; // keys per block of the online softmax

static int pairs_in(int dh) { return (dh + 1) / 2; }

static int rows_of(const Config *c) { return (c->latents + LANES - 1) / LANES * LANES; }

static size_t scales_of(const Config *c) {
    return (size_t)rows_of(c) * (size_t)c->heads;
}

static size_t bytes_of(const Config *c) {
    return scales_of(c) * (size_t)pairs_in(config_head_width(c)) * 2;
}

KeyCache key_cache_new(const Config *c) {
    int rows = rows_of(c);
    size_t scales = scales_of(c), size = bytes_of(c);
    KeyCache k = {memory_new0(size, 1), memory_new0(size, 1),
                  memory_new0(scales, sizeof(real)), memory_new0(scales, sizeof(real)),
                  rows};
    if (!k.k || !k.v || !k.k_scale || !k.v_scale) key_cache_free(&k);
    return k;
}

void key_cache_free(KeyCache *k) {
    memory_free(k->k);
    memory_free(k->v);
    memory_free(k->k_scale);
    memory_free(k->v_scale);
    *k = (KeyCache){0};
}

void key_cache_copy(KeyCache *to, const KeyCache *from, const Config *c) {
    memcpy(to->k, from->k, bytes_of(c));
    memcpy(to->v, from->v, bytes_of(c));
    memcpy(to->k_scale, from->k_scale, scales_of(c) * sizeof *to->k_scale);
    memcpy(to->v_scale, from->v_scale, scales_of(c) * sizeof *to->v_scale);
}

static size_t key_at(const KeyCache *k, int h, int dh, int row, int c) {
    size_t block = (size_t)(h * k->rows + row / LANES * LANES);
    return block * (size_t)pairs_in(dh) * 2 +
           (size_t)((c / 2 * LANES + row % LANES) * 2 + c % 2);
}

static size_t value_at(const KeyCache *k, int h, int dh, int row, int c) {
    return ((size_t)(h * k->rows + row / 2 * 2) * (size_t)dh) +
           (size_t)(c * 2 + row % 2);
}

typedef struct Copy {
    KeyCache cache;
    real *k, *v;
    int row, d, dh;
} Copy;

static void write_rows(void *data, int begin, int end) {
    const Copy *j = data;
    int16_t *rounded = pool_task_scratch((size_t)(2 * pairs_in(j->dh)) *
                                         sizeof *rounded);
    for (int i = begin; i < end; i++)
        for (int h = 0; h * j->dh < j->d; h++) {
            size_t x = (size_t)i * (size_t)j->d + (size_t)(h * j->dh);
            int row = j->row + i, at = h * j->cache.rows + row;
            int8_t *k = j->cache.k + key_at(&j->cache, h, j->dh, row, 0);
            int8_t *v = j->cache.v + value_at(&j->cache, h, j->dh, row, 0);
            j->cache.k_scale[at] = lanes_round(rounded, j->k + x, j->dh, INT8_MAX);
            for (int c = 0; c < j->dh; c++)
                k[c / 2 * LANES * 2 + c % 2] = (int8_t)rounded[c];
            j->cache.v_scale[at] = lanes_round(rounded, j->v + x, j->dh, INT8_MAX);
            for (int c = 0; c < j->dh; c++) v[c * 2] = (int8_t)rounded[c];
        }
}

static void read_rows(void *data, int begin, int end) {
    const Copy *j = data;
    for (int i = begin; i < end; i++)
        for (int h = 0; h * j->dh < j->d; h++) {
            size_t x = (size_t)i * (size_t)j->d + (size_t)(h * j->dh);
            int at = h * j->cache.rows + i;
            const int8_t *k = j->cache.k + key_at(&j->cache, h, j->dh, i, 0);
            const int8_t *v = j->cache.v + value_at(&j->cache, h, j->dh, i, 0);
            for (int c = 0; c < j->dh; c++) {
                j->k[x + (size_t)c] = j->cache.k_scale[at] *
                                      (real)k[c / 2 * LANES * 2 + c % 2];
                j->v[x + (size_t)c] = j->cache.v_scale[at] * (real)v[c * 2];
            }
        }
}

// Each task writes whole groups of LANES rows, because those share cache lines.
void key_cache_write(Pool *p, KeyCache *to, const real *k, const real *v, int row,
                     int n, const Config *c) {
    Copy j = {*to, (real *)k, (real *)v, row, c->width, config_head_width(c)};
    pool_run(p, n, 4 * LANES, write_rows, &j);
}

void key_cache_read(Pool *p, real *k, real *v, const KeyCache *from, int n,
                    const Config *c) {
    Copy j = {*from, k, v, 0, c->width, config_head_width(c)};
    pool_run(p, n, 4 * LANES, read_rows, &j);
}

typedef struct Job {
    const AttentionStep *steps;
    int heads, dh;
    real scale;
} Job;

// S = the weights exp(score - top) of `count` keys, from their integer dot products and
// scales; `top` is the greatest score so far. Returns the factor by which earlier
// results must be multiplied, because `top` may have risen.
VECTOR_CLONES
static real soften_step(real *s, const int32_t *sums, const real *k_scale, real scale,
                        int count, real *top, real *sum) {
    real most = *top, total = 0;
    for (int i = 0; i < count; i++) s[i] = scale * k_scale[i] * (real)sums[i];
#pragma omp simd reduction(max : most)
    for (int i = 0; i < count; i++) most = s[i] > most ? s[i] : most;
#pragma omp simd reduction(+ : total)
    for (int i = 0; i < count; i++) total += s[i] = real_exp(s[i] - most);
    real shrink = real_exp(*top - most);
    *top = most;
    *sum = *sum * shrink + total;
    return shrink;
}

VECTOR_CLONES
static void scale_step(real *s, const real *v_scale, int count) {
    for (int i = 0; i < count; i++) s[i] *= v_scale[i];
}

static void step_head(const AttentionStep *t, int h, int dh, real scale) {
    const Lanes *by = lanes();
    const KeyCache *from = t->cache;
    const real *k_scale = from->k_scale + h * from->rows;
    const real *v_scale = from->v_scale + h * from->rows;
    int pairs = pairs_in(dh);
    int16_t *q = pool_task_scratch((size_t)(2 * pairs) * sizeof *q +
                                   (size_t)dh * sizeof(int32_t) + 64);
    int32_t *sums = (int32_t *)(q + (2 * pairs + 31) / 32 * 32), products[BLOCK];
    real *o = t->o + h * dh, top = (real)-1e30, sum = 0, s[BLOCK];
    int16_t p[BLOCK];
    scale *= lanes_round(q, t->q + h * dh, dh, lanes_limit(dh));
    memset(o, 0, (size_t)dh * sizeof *o);
    for (int first = 0; first < t->rows; first += BLOCK) {
        int count = MIN(BLOCK, t->rows - first);
        // Scores
        by->keys(products, from->k + key_at(from, h, dh, first, 0), q, pairs,
                 (count + LANES - 1) / LANES * LANES);
        // Online softmax
        real shrink = soften_step(s, products, k_scale + first, scale, count, &top,
                                  &sum);
        // Output
        scale_step(s, v_scale + first, count);
        real p_scale = lanes_round(p, s, count, lanes_limit(BLOCK));
        by->values(sums, p, from->v + value_at(from, h, dh, first, 0), (count + 1) / 2,
                   dh);
        for (int c = 0; c < dh; c++) o[c] = o[c] * shrink + p_scale * (real)sums[c];
    }
    for (int c = 0; c < dh; c++) o[c] /= sum;
}

static void step(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++)
        step_head(&j->steps[i / j->heads], i % j->heads, j->dh, j->scale);
}

void attention_steps(Pool *p, const AttentionStep *steps, int count, const Config *c) {
    int dh = config_head_width(c);
    Job j = {steps, c->heads, dh, 1 / real_sqrt((real)dh)};
    pool_run(p, count * c->heads, 1, step, &j);
}
