#include "model/generate/attention_step.h"

#include "model/kernels/lanes.h"

#include <glib.h>

static int pairs_in(int dh) { return (dh + 1) / 2; }

typedef struct Job {
    const AttentionStep *steps;
    int count, layer, dh;
    real scale;
} Job;

// s = the weights exp(score - top) of `count` keys, from their integer dot products and
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

static void step_head(const AttentionStep *t, int layer, int h, int dh, real scale) {
    const Lanes *by = lanes();
    int pairs = pairs_in(dh);
    int16_t *q = pool_task_scratch((size_t)(2 * pairs) * sizeof *q +
                                   (size_t)dh * sizeof(int32_t) + 64);
    int32_t *sums = (int32_t *)(q + (2 * pairs + 31) / 32 * 32), products[KEY_BLOCK];
    real *o = t->o + h * dh, top = (real)-1e30, sum = 0, s[KEY_BLOCK];
    int16_t p[KEY_BLOCK];
    scale *= lanes_round(q, t->q + h * dh, dh, lanes_limit(dh));
    memset(o, 0, (size_t)dh * sizeof *o);
    for (int first = 0; first < t->rows; first += KEY_BLOCK) {
        KeyHead from = key_cache_head(t->cache, layer, first / KEY_BLOCK, h);
        int count = MIN(KEY_BLOCK, t->rows - first);
        // Scores
        by->keys(products, from.k, q, pairs,
                 (count + LANES_KEYS - 1) / LANES_KEYS * LANES_KEYS);
        // Online softmax
        real shrink = soften_step(s, products, from.k_scale, scale, count, &top, &sum);
        // Output
        scale_step(s, from.v_scale, count);
        real p_scale = lanes_round(p, s, count, lanes_limit(KEY_BLOCK));
        by->values(sums, p, from.v, (count + 1) / 2, dh);
        for (int c = 0; c < dh; c++) o[c] = o[c] * shrink + p_scale * (real)sums[c];
    }
    for (int c = 0; c < dh; c++) o[c] /= sum;
}

// A head's steps one after the other: they may share its keys.
static void step(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++)
        step_head(&j->steps[i % j->count], j->layer, i / j->count, j->dh, j->scale);
}

void attention_steps(Pool *p, const AttentionStep *steps, int count, int layer,
                     const Config *c) {
    int dh = config_head_width(c);
    Job j = {steps, count, layer, dh, 1 / real_sqrt((real)dh)};
    pool_run(p, count * c->heads, 1, step, &j);
}
