#include "model/generate/pass.h"

#include "model/files/memory.h"
#include "model/generate/cross_step.h"
#include "model/kernels/gemm.h"
#include "model/layers/cross_attention.h"
#include "thread/references.h"

// What forked passes share: the store, and what is constant for a model.
typedef struct Common {
    References passes; // that have it
    KeyStore *keys;    // owned
    // The keys and values that embed, LN_kv and the projections give each of the V
    // kinds of token.
    real *kinds_k, *kinds_v; // (V, d)
    CrossKinds *kinds;
    Rotary rotary;
    int *positions; // 0, 1, 2 ...: (M + N)
} Common;

struct Pass {
    Common *common;
    const Weights *weights; // borrowed
    const Config *config;   // the model's
    Pool *pool;             // borrowed
    int rows;               // the most rows of a chunk
    CrossStep *step;

    // There is no backward pass, so all blocks share these buffers: each reads z, uses
    // x in between, and writes z.
    real *wide_k, *wide_v, *x, *z, *normed, *q, *k, *v, *o, *up, *mean, *rstd, *lse;
    real *gate;
    Token *row_tokens; // of a chunk's rows: (R)
};

static void *numbers(size_t rows, int columns) {
    return memory_new(rows * (size_t)columns, sizeof(real));
}

// An array whose size depends on the configuration.
typedef struct Array {
    real **at;
    size_t rows;
    int columns;
} Array;
enum { ARRAYS = 14 };

static void arrays(Pass *p, Array ret[ARRAYS]) {
    const Config *c = p->config;
    size_t N = (size_t)c->latents, R = (size_t)p->rows;
    int d = c->width;
    const Array all[ARRAYS] = {
        {&p->x, R, d},          {&p->z, R, d},
        {&p->normed, R, d},     {&p->q, R, d},
        {&p->k, R, d},          {&p->v, R, d},
        {&p->wide_k, N, d},     {&p->wide_v, N, d},
        {&p->o, R, d},          {&p->up, R, MLP_RATIO * d},
        {&p->mean, R, 1},       {&p->rstd, R, 1},
        {&p->lse, R, c->heads}, {&p->gate, R, c->heads},
    };
    memcpy(ret, all, sizeof all);
}

static bool project_kinds(Common *to, const Weights *w, Pool *pool) {
    const Config *c = &w->model->config;
    size_t V = (size_t)c->vocabulary;
    BlockKinds kinds = {.kv = numbers(V, c->width),
                        .mean = numbers(V, 1),
                        .rstd = numbers(V, 1),
                        .k = to->kinds_k,
                        .v = to->kinds_v};
    if (kinds.kv && kinds.mean && kinds.rstd) {
        block_kinds(pool, &kinds, &w->model->parameters, c);
        to->kinds = cross_kinds_new(to->kinds_k, to->kinds_v, &to->rotary, c, w->int8);
    }
    memory_free(kinds.kv);
    memory_free(kinds.mean);
    memory_free(kinds.rstd);
    return to->kinds;
}

static void common_unref(Common *m) {
    if (!m || !references_drop(&m->passes)) return;
    memory_free(m->kinds_k);
    memory_free(m->kinds_v);
    cross_kinds_free(m->kinds);
    key_store_free(m->keys);
    rotary_free(&m->rotary);
    memory_free(m->positions);
    g_free(m);
}

static Common *common_new(const Weights *w, Pool *pool) {
    const Config *c = &w->model->config;
    Common *m = g_new0(Common, 1);
    int positions = c->context + c->latents;
    references_init(&m->passes, 1);
    m->keys = key_store_new(c);
    m->kinds_k = numbers((size_t)c->vocabulary, c->width);
    m->kinds_v = numbers((size_t)c->vocabulary, c->width);
    m->rotary = rotary_new(c, positions);
    m->positions = memory_new((size_t)positions, sizeof *m->positions);
    if (!m->kinds_k || !m->kinds_v || !m->rotary.fine || !m->positions ||
        !project_kinds(m, w, pool)) {
        common_unref(m);
        return NULL;
    }
    for (int i = 0; i < positions; i++) m->positions[i] = i;
    return m;
}

static bool allocate(Pass *p) {
    Array all[ARRAYS];
    arrays(p, all);
    for (int i = 0; i < ARRAYS; i++)
        if (!(*all[i].at = numbers(all[i].rows, all[i].columns))) return false;
    p->row_tokens = memory_new((size_t)p->rows, sizeof *p->row_tokens);
    return p->row_tokens && (p->step = cross_step_new(p->common->kinds));
}

// Takes ownership of the reference, which may be NULL.
static Pass *pass_of(Common *common, const Weights *w, Pool *pool) {
    if (!common) return NULL;
    Pass *p = g_new0(Pass, 1);
    p->common = common;
    p->weights = w;
    p->config = &w->model->config;
    p->pool = pool;
    p->rows = MAX(p->config->latents, QLINEAR_FEW);
    if (!allocate(p)) g_clear_pointer(&p, pass_free);
    return p;
}

Pass *pass_new(const Weights *w, Pool *pool) {
    gemm_init();
    return pass_of(common_new(w, pool), w, pool);
}

Pass *pass_fork(const Pass *p) {
    references_add(&p->common->passes);
    return pass_of(p->common, p->weights, p->pool);
}

void pass_free(Pass *p) {
    if (!p) return;
    Array all[ARRAYS];
    arrays(p, all);
    for (int i = 0; i < ARRAYS; i++) memory_free(*all[i].at);
    cross_step_free(p->step);
    common_unref(p->common);
    memory_free(p->row_tokens);
    g_free(p);
}

const Weights *pass_weights(const Pass *p) { return p->weights; }

KeyStore *pass_keys(const Pass *p) { return p->common->keys; }

void pass_set_pool(Pass *p, Pool *pool) { p->pool = pool; }

// Returns how many of a span's rows are before the next run's begin.
static int late(const PassSpan *s) { return CLAMP(s->next->begin - s->from, 0, s->n); }

int pass_rows(const PassSpan *s) { return s->n + s->n - late(s); }

bool pass_together(const Pass *p, int rows) {
    return p->weights->int8 && rows <= QLINEAR_FEW;
}

static real *row(real *x, const Pass *p, int at) {
    return x + (size_t)at * (size_t)p->config->width;
}

static BlockActs acts_of(const Pass *p) {
    return (BlockActs){.attn_in = p->normed,
                       .attn_mean = p->mean,
                       .attn_rstd = p->rstd,
                       .q = p->q,
                       .k = p->k,
                       .v = p->v,
                       .o = p->o,
                       .lse = p->lse,
                       .gate = p->gate,
                       .gated = p->o,
                       .mid = p->x,
                       .mlp_in = p->normed,
                       .mlp_mean = p->mean,
                       .mlp_rstd = p->rstd,
                       .up = p->up,
                       .out = p->z};
}

static void through_block(Pass *p, const BlockWeights *w, const BlockAttend *attend,
                          int n) {
    BlockActs acts = acts_of(p);
    block_forward(p->pool, &acts, w, p->z, attend, (BlockDrop){0}, 0, n, p->config);
}

// Returns the oldest input that the latent at this position attends to.
static int oldest(const Pass *p, int position) {
    return MAX(0, position - p->config->context + 1);
}

// Rows [at, at + n) of z become the latents at [from, from + n).
static void begin_latents(Pass *p, const Token *tokens, int from, int n, int at) {
    block_latents(p->pool, row(p->z, p, at), row(p->x, p, at),
                  p->weights->model->parameters.embed, &p->weights->latent,
                  &p->common->rotary, tokens + from, from - oldest(p, from), n,
                  p->config);
    memcpy(p->row_tokens + at, tokens + from, (size_t)n * sizeof *tokens);
}

typedef struct Chunk {
    Pass *pass;
    const PassSpan *spans;
    int count;
} Chunk;

// Computes the cross-attention of a span's latents, which are the rows from `at` on.
static void attend_span(Pass *p, const BlockActs *a, const PassSpan *s, int at) {
    const Config *c = p->config;
    real *q = row(a->q, p, at), *o = row(a->o, p, at);
    if (s->n <= RUN_FEW) {
        for (int i = 0; i < s->n; i++) {
            int start = oldest(p, s->from + i);
            cross_step(p->step, p->pool, row(o, p, i), row(q, p, i), s->tokens + start,
                       s->from + i + 1 - start);
        }
        return;
    }
    int first = oldest(p, s->from), keys = s->from + s->n - first;
    Inputs in = {.tokens = s->tokens + first,
                 .positions = p->common->positions,
                 .keys = keys,
                 .n = s->n,
                 .span = c->context};
    rotary(p->pool, q, &p->common->rotary, keys - s->n, 1, s->n, c);
    cross_attention_forward(p->pool, o, a->lse, NULL, q, p->common->kinds_k,
                            p->common->kinds_v, &p->common->rotary, &in, c);
}

static void attend_inputs(void *data, const BlockActs *a) {
    const Chunk *k = data;
    for (int i = 0, at = 0; i < k->count; at += k->spans[i++].n)
        attend_span(k->pass, a, &k->spans[i], at);
}

static void attend_runs(void *data, const BlockActs *a) { run_attend(data, a); }

// Divides the chunk into parts: first those of the runs `now`, then those of the next
// runs. The rows of the latter are copies, because the cross-attention does not depend
// on the run.
static int divide(Pass *p, RunPart *parts, const Chunk *k) {
    int rows = 0, at = 0, count = 0;
    for (int i = 0; i < k->count; rows += k->spans[i++].n)
        parts[count++] = (RunPart){k->spans[i].now, rows, k->spans[i].n};
    for (int i = 0; i < k->count; at += k->spans[i++].n) {
        const PassSpan *s = &k->spans[i];
        int n = s->n - late(s);
        if (n == 0) continue;
        memcpy(row(p->z, p, rows), row(p->z, p, at + late(s)),
               (size_t)n * (size_t)p->config->width * sizeof(real));
        memcpy(p->row_tokens + rows, p->row_tokens + at + late(s),
               (size_t)n * sizeof *p->row_tokens);
        parts[count++] = (RunPart){s->next, rows, n};
        rows += n;
    }
    return count;
}

// Adds the recall of the latents, to the rows of both runs.
static void recall(Pass *p, const Chunk *k, int rows) {
    size_t d = (size_t)p->config->width;
    for (int i = 0, at = 0; i < k->count; at += k->spans[i++].n) {
        const PassSpan *s = &k->spans[i];
        int n = s->n - late(s);
        real *told = row(p->x, p, at);
        recall_step(s->recall, p->pool, told, row(p->o, p, at), s->closeness, s->tokens,
                    s->from, s->n);
        residual(p->pool, row(p->z, p, at), told, 0, 0, s->n * (int)d);
        residual(p->pool, row(p->z, p, rows), row(told, p, late(s)), 0, 0, n * (int)d);
        rows += n;
    }
}

void pass_run(Pass *p, const PassSpan *spans, int count) {
    const Config *c = p->config;
    const Weights *w = p->weights;
    Chunk chunk = {p, spans, count};
    RunPart parts[2 * QLINEAR_FEW];
    int inputs = 0, rows = 0;
    for (int i = 0; i < count; i++) {
        begin_latents(p, spans[i].tokens, spans[i].from, spans[i].n, inputs);
        inputs += spans[i].n;
        rows += pass_rows(&spans[i]);
    }
    through_block(p, &w->cross,
                  &(BlockAttend){.forward = attend_inputs, .data = &chunk}, inputs);
    RunAttend runs = {.pool = p->pool,
                      .rotary = &p->common->rotary,
                      .config = c,
                      .parts = parts,
                      .count = divide(p, parts, &chunk),
                      .wide_k = p->wide_k,
                      .wide_v = p->wide_v};
    BlockAttend attend = {
        .forward = attend_runs, .data = &runs, .self = true, .tokens = p->row_tokens};
    for (runs.layer = 0; runs.layer < c->layers; runs.layer++) {
        if (c->recall_heads && runs.layer == c->recall_layer) recall(p, &chunk, inputs);
        through_block(p, &w->layers[runs.layer], &attend, rows);
    }
    for (int i = 0; i < runs.count; i++) parts[i].run->length += parts[i].n;
}

void pass_logits(Pass *p, real *ret, int at) {
    block_logits(p->pool, ret, p->normed, p->mean, p->rstd, row(p->z, p, at),
                 &p->weights->model->parameters.final_norm, &p->weights->head, 1);
}

bool pass_attention(Pass *p, real *ret, const Token *tokens, int count, int keys) {
    const BlockWeights *w = &p->weights->cross;
    begin_latents(p, tokens, count - 1, 1, 0);
    norm_forward(p->pool, p->normed, p->mean, p->rstd, p->z, w->norm_attn, 1,
                 p->config->width);
    qlinear_forward(p->pool, &(QLinear){p->q, &w->q}, 1, p->normed, 1);
    return cross_step_weights(p->step, ret, p->q, tokens + count - keys, keys);
}
