#include "model/generate/session.h"

#include "model/cross_attention.h"
#include "model/files/memory.h"
#include "model/generate/attention_step.h"
#include "model/generate/cross_step.h"
#include "model/generate/recall_step.h"
#include "model/kernels/gemm.h"
#include "model/layers.h"

enum { FEW = 8 }; // latents up to which each reads the caches by itself

// The latents at `length` positions from `begin` on, and what they leave in each layer:
// keys, rotated by their place in the run, and values.
typedef struct Run {
    int begin, length;
    KeyCache *cache; // owned; (L), NULL with exact weights
    real *k, *v;     // owned; (L, N, d) with exact weights, else NULL
} Run;

struct Session {
    const Weights *weights; // borrowed
    const Config *config;   // its model's
    Pool *pool;             // borrowed
    GArray *tokens;         // the timeline
    Run runs[2];            // the one that gives the logits is `now`
    int now;

    // Constant for a model: embed, LN_kv and the projections give V keys and values.
    real *kinds_k, *kinds_v; // (V, d)
    CrossStep *step;
    RecallStep *recall; // owned; NULL if the model has none
    Rotary rotary;
    int *positions; // 0, 1, 2 ...: (M + N)

    // One chunk of latents on its way through the stack, at most N rows; of a layer's
    // whole run, widened: wide_k, wide_v.
    real *wide_k, *wide_v, *x, *z, *normed, *q, *k, *v, *o, *up, *mean, *rstd, *lse,
        *logits;
};

static void *numbers(size_t rows, int columns) {
    return memory_new(rows * (size_t)columns, sizeof(real));
}

// Every array whose size the configuration says.
typedef struct Array {
    real **at;
    size_t rows;
    int columns;
} Array;
enum { ARRAYS = 16 };

static void arrays(Session *s, Array ret[ARRAYS]) {
    const Config *c = s->config;
    size_t N = (size_t)c->latents, V = (size_t)c->vocabulary;
    int d = c->width;
    const Array all[ARRAYS] = {
        {&s->kinds_k, V, d}, {&s->kinds_v, V, d}, {&s->x, N, d},
        {&s->z, N, d},       {&s->normed, N, d},  {&s->q, N, d},
        {&s->k, N, d},       {&s->v, N, d},       {&s->wide_k, N, d},
        {&s->wide_v, N, d},  {&s->o, N, d},       {&s->up, N, MLP_RATIO * d},
        {&s->mean, N, 1},    {&s->rstd, N, 1},    {&s->lse, N, c->heads},
        {&s->logits, V, 1},
    };
    memcpy(ret, all, sizeof all);
}

static bool project_kinds(Session *s) {
    const Parameters *w = &s->weights->model->parameters;
    int V = s->config->vocabulary, d = s->config->width;
    real *kv = numbers((size_t)V, d), *mean = numbers((size_t)V, 2);
    if (kv && mean) {
        norm_forward(s->pool, kv, mean, mean + V, w->embed, &w->norm_kv, V, d);
        linear_forward(s->pool, s->kinds_k, kv, &w->cross.attn.k, V, d, d);
        linear_forward(s->pool, s->kinds_v, kv, &w->cross.attn.v, V, d, d);
        s->step = cross_step_new(s->kinds_k, s->kinds_v, s->config);
    }
    memory_free(kv);
    memory_free(mean);
    return s->step;
}

// False: there is no memory for it; run_free() takes what there was.
static bool run_init(Run *r, const Session *s) {
    const Config *c = s->config;
    if (!s->weights->int8) {
        r->k = numbers((size_t)c->layers * (size_t)c->latents, c->width);
        r->v = numbers((size_t)c->layers * (size_t)c->latents, c->width);
        return r->k && r->v;
    }
    r->cache = g_new0(KeyCache, c->layers);
    for (int i = 0; i < c->layers; i++) {
        r->cache[i] = key_cache_new(c);
        if (!r->cache[i].k) return false;
    }
    return true;
}

static void run_free(Run *r, int layers) {
    for (int i = 0; r->cache && i < layers; i++) key_cache_free(&r->cache[i]);
    g_free(r->cache);
    memory_free(r->k);
    memory_free(r->v);
}

static bool allocate(Session *s) {
    Array all[ARRAYS];
    arrays(s, all);
    for (int i = 0; i < ARRAYS; i++)
        if (!(*all[i].at = numbers(all[i].rows, all[i].columns))) return false;
    int rows = s->config->context + s->config->latents;
    s->rotary = rotary_new(s->config, rows);
    s->positions = memory_new((size_t)rows, sizeof *s->positions);
    return s->rotary.fine && s->positions && run_init(&s->runs[0], s) &&
           run_init(&s->runs[1], s) && project_kinds(s) &&
           (!s->config->recall_heads || (s->recall = recall_step_new(s->weights)));
}

Session *session_new(const Weights *w, Pool *pool) {
    gemm_init();
    const Config *c = &w->model->config;
    Session *s = g_new0(Session, 1);
    s->weights = w;
    s->config = c;
    s->pool = pool;
    s->tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    if (!allocate(s)) {
        session_free(s);
        return NULL;
    }
    for (int i = 0; i < c->context + c->latents; i++) s->positions[i] = i;
    return s;
}

void session_free(Session *s) {
    if (!s) return;
    Array all[ARRAYS];
    arrays(s, all);
    for (int i = 0; i < ARRAYS; i++) memory_free(*all[i].at);
    for (int i = 0; i < 2; i++) run_free(&s->runs[i], s->config->layers);
    cross_step_free(s->step);
    recall_step_free(s->recall);
    rotary_free(&s->rotary);
    memory_free(s->positions);
    g_array_unref(s->tokens);
    g_free(s);
}

static real *row(real *x, const Session *s, int at) {
    return x + (size_t)at * (size_t)s->config->width;
}

static void map(Session *s, real *y, const real *x, const Matrix *w, int n) {
    qlinear_forward(s->pool, &(QLinear){y, w}, 1, x, n);
}

static void norm(Session *s, const Norm *w, const real *x, int n) {
    norm_forward(s->pool, s->normed, s->mean, s->rstd, x, w, n, s->config->width);
}

// z += MLP(LN_mlp(z)), through x.
static void mlp(Session *s, const Norm *w, const MatrixBlock *m, int n) {
    int d = s->config->width;
    norm(s, w, s->z, n);
    map(s, s->up, s->normed, &m->up, n);
    squared_relu_forward(s->pool, s->up, n * MLP_RATIO * d);
    map(s, s->x, s->up, &m->down, n);
    residual(s->pool, s->z, s->x, 0, 0, n * d);
}

// z = latent(embed), then what the latents at [from, from + n) read of the context.
static void cross(Session *s, int from, int n) {
    const Config *c = s->config;
    const Parameters *w = &s->weights->model->parameters;
    const MatrixBlock *m = &s->weights->cross;
    const Token *tokens = &g_array_index(s->tokens, Token, 0);
    int first = MAX(0, from - c->context + 1), keys = from + n - first;
    Inputs in = {.tokens = tokens + first,
                 .positions = s->positions,
                 .keys = keys,
                 .n = n,
                 .span = c->context};
    embed_forward(s->x, w->embed, tokens + from, n, c->width);
    if (c->places) rotary_places(s->x, &s->rotary, keys - n, n, c);
    map(s, s->z, s->x, &s->weights->latent, n);
    norm(s, &w->cross.norm_attn, s->z, n);
    map(s, s->q, s->normed, &m->q, n);
    if (n <= FEW)
        for (int i = 0; i < n; i++) {
            int start = MAX(0, from + i - c->context + 1);
            cross_step(s->step, s->pool, row(s->o, s, i), row(s->q, s, i), &s->rotary,
                       tokens + start, from + i + 1 - start);
        }
    else {
        rotary(s->pool, s->q, &s->rotary, keys - n, 1, n, c);
        cross_attention_forward(s->pool, s->o, s->lse, NULL, s->q, s->kinds_k,
                                s->kinds_v, &s->rotary, &in, c);
    }
    map(s, s->x, s->o, &m->out, n);
    residual(s->pool, s->z, s->x, 0, 0, n * c->width);
    mlp(s, &w->cross.norm_mlp, m, n);
}

// Rows of the chunk that follow one another in a run: chunk rows [at, at + n) are
// `run`'s from its length on.
typedef struct Part {
    Run *run;
    int at, n;
} Part;

// Of layer i, by layers.h's attention over what its run holds, the part's rows
// included.
static void attend_many(Session *s, int i, const Part *p) {
    const Config *c = s->config;
    int length = p->run->length;
    real *k = s->wide_k, *v = s->wide_v;
    if (p->run->cache)
        key_cache_read(s->pool, k, v, &p->run->cache[i], length + p->n, c);
    else {
        k = row(p->run->k, s, i * c->latents);
        v = row(p->run->v, s, i * c->latents);
    }
    attention_forward(s->pool, row(s->o, s, p->at), s->lse, row(s->q, s, p->at), k, v,
                      p->n, length + p->n, c);
}

static void keep_keys(Session *s, int i, const Part *p) {
    int length = p->run->length, d = s->config->width;
    const real *k = row(s->k, s, p->at), *v = row(s->v, s, p->at);
    if (p->run->cache)
        key_cache_write(s->pool, &p->run->cache[i], k, v, length, p->n, s->config);
    else {
        size_t size = (size_t)p->n * (size_t)d * sizeof(real);
        memcpy(row(p->run->k, s, i * s->config->latents + length), k, size);
        memcpy(row(p->run->v, s, i * s->config->latents + length), v, size);
    }
}

static void attend(Session *s, int i, const Part *parts, int count) {
    AttentionStep steps[2 * FEW];
    int few = 0;
    for (int p = 0; p < count; p++) {
        const Part *part = &parts[p];
        keep_keys(s, i, part);
        if (part->n > FEW || !part->run->cache)
            attend_many(s, i, part);
        else
            for (int n = 0; n < part->n; n++)
                steps[few++] = (AttentionStep){
                    row(s->o, s, part->at + n), row(s->q, s, part->at + n),
                    &part->run->cache[i], part->run->length + n + 1};
    }
    if (few > 0) attention_steps(s->pool, steps, few, s->config);
}

// The chunk's n rows through one layer.
static void layer(Session *s, int i, const Part *parts, int count, int n) {
    const Config *c = s->config;
    const Block *w = &s->weights->model->parameters.layers[i];
    const MatrixBlock *m = &s->weights->layers[i];
    norm(s, &w->norm_attn, s->z, n);
    const QLinear maps[] = {{s->q, &m->q}, {s->k, &m->k}, {s->v, &m->v}};
    qlinear_forward(s->pool, maps, 3, s->normed, n);
    for (int p = 0; p < count; p++) {
        const Part *at = &parts[p];
        rotary(s->pool, row(s->q, s, at->at), &s->rotary, at->run->length, 1, at->n, c);
        rotary(s->pool, row(s->k, s, at->at), &s->rotary, at->run->length, 1, at->n, c);
    }
    attend(s, i, parts, count);
    map(s, s->x, s->o, &m->out, n);
    residual(s->pool, s->z, s->x, 0, 0, n * c->width);
    mlp(s, &w->norm_mlp, m, n);
}

// What the chunk's n latents from place `from` on recall; the next run's rows, which
// begin with the latent `late`, come behind them.
static void recall(Session *s, int from, int n, int late) {
    int d = s->config->width;
    const Token *tokens = (const Token *)(void *)s->tokens->data;
    recall_step(s->recall, s->pool, s->x, s->o, tokens, from, n);
    residual(s->pool, s->z, s->x, 0, 0, n * d);
    if (late < n)
        residual(s->pool, row(s->z, s, n), row(s->x, s, late), 0, 0, (n - late) * d);
}

// -log p of a token by the newest logits.
static double nats_of(const Session *s, Token token) {
    double unused;
    return loss_forward_backward(NULL, &unused, s->logits, &token, 0, 0, 1,
                                 s->config->vocabulary);
}

// The logits that the chunk's row gives.
static void head(Session *s, int at) {
    norm(s, &s->weights->model->parameters.final_norm, row(s->z, s, at), 1);
    map(s, s->logits, s->normed, &s->weights->head, 1);
}

// -log p of the timeline's tokens from `from` on.
typedef struct Scores {
    double *nats;
    int from;
} Scores;

// How likely the tokens after the chunk's rows were, the first row being at `from`.
static void score(Session *s, int from, int n, const Scores *ret) {
    const Token *tokens = &g_array_index(s->tokens, Token, 0);
    for (int next = from + 1; next <= from + n && next < (int)s->tokens->len; next++) {
        head(s, next - from - 1);
        ret->nats[next - ret->from] = nats_of(s, tokens[next]);
    }
}

// Adds the next n positions to the runs, and with `last` leaves the logits of the last;
// `scores`, which may be NULL, are of the tokens after them.
static void extend(Session *s, int n, bool last, const Scores *scores) {
    const Config *c = s->config;
    Run *now = &s->runs[s->now], *next = &s->runs[!s->now];
    int from = now->begin + now->length;
    cross(s, from, n);
    Part parts[2] = {{now, 0, n}};
    int count = 1, rows = n;
    int late = MAX(0, next->begin - from); // rows that are before the next run
    if (late < n) {
        // The cross-attention does not know of runs: both go on from the same.
        parts[count++] = (Part){next, n, n - late};
        memcpy(row(s->z, s, n), row(s->z, s, late),
               (size_t)(n - late) * (size_t)c->width * sizeof(real));
        rows += n - late;
    }
    for (int i = 0; i < c->layers; i++) {
        if (s->recall && i == c->recall_layer) recall(s, from, n, late);
        layer(s, i, parts, count, rows);
    }
    for (int p = 0; p < count; p++) parts[p].run->length += parts[p].n;
    if (scores) score(s, from, n, scores);
    if (last) head(s, n - 1);
}

static int common_prefix(const Session *s, const Token *tokens, int count) {
    int most = MIN(count, (int)s->tokens->len), i = 0;
    const Token *old = (const Token *)(void *)s->tokens->data;
    // Nearly always all of it is the same, which memcmp() finds in next to no time.
    if (most == 0 || memcmp(old, tokens, (size_t)most * sizeof *tokens) == 0)
        return most;
    while (old[i] == tokens[i]) i++;
    return i;
}

// The run that takes over when this one is full holds the newest half, the position
// that did not fit included.
static int next_begin(const Session *s) {
    int N = s->config->latents;
    return s->runs[s->now].begin + N + 1 - MAX(1, N / 2);
}

static void begin_at(Session *s, int position) {
    s->runs[s->now].begin = position;
    s->runs[s->now].length = 0;
    s->runs[!s->now].begin = next_begin(s);
    s->runs[!s->now].length = 0;
}

static void take_over(Session *s) {
    s->now = !s->now;
    s->runs[!s->now].begin = next_begin(s);
    s->runs[!s->now].length = 0;
}

// Keeps of the runs what stands before `position`.
static void cut(Session *s, int position) {
    for (int i = 0; i < 2; i++)
        s->runs[i].length = CLAMP(position - s->runs[i].begin, 0, s->runs[i].length);
}

static const real *advance(Session *s, const Token *tokens, int count,
                           const Scores *scores) {
    int N = s->config->latents, half = MAX(1, N / 2);
    int common = common_prefix(s, tokens, count);
    if (common == count && (int)s->tokens->len == count) return s->logits;
    g_array_set_size(s->tokens, (guint)common);
    g_array_append_vals(s->tokens, tokens + common, (guint)(count - common));
    if (s->recall) recall_step_sync(s->recall, tokens, count, common);

    // The last position is computed in any case, for its logits.
    cut(s, MIN(common, count - 1));
    const Run *now = &s->runs[s->now];
    // A run cut too short to be worth keeping is begun anew, as is one left far behind.
    bool keep = now->length > 0 && count <= now->begin + now->length + half &&
                (count - now->begin >= half || now->begin == 0);
    if (!keep) begin_at(s, MAX(0, count - half));
    for (;;) {
        now = &s->runs[s->now];
        int from = now->begin + now->length, n = MIN(count - from, N - now->length);
        // Both runs' rows go through the stack together.
        int late = MAX(0, s->runs[!s->now].begin - from);
        if (n > late) n = MIN(n, MAX(1, (N + late) / 2));
        if (n > 0) extend(s, n, from + n == count, scores);
        if (from + n == count) return s->logits;
        if (now->length == N) take_over(s);
    }
}

const real *session_sync(Session *s, const Token *tokens, int count) {
    return advance(s, tokens, count, NULL);
}

void session_score(Session *s, const Token *tokens, int from, int count, double *ret) {
    const Scores scores = {ret, from};
    int half = MAX(1, s->config->latents / 2), at = from;
    advance(s, tokens, at, NULL);
    ret[0] = nats_of(s, tokens[at]);
    // In steps that no run is begun anew for, which would leave tokens out.
    while (at < count - 1) {
        at = MIN(count - 1, at + half);
        advance(s, tokens, at, &scores);
        ret[at - from] = nats_of(s, tokens[at]);
    }
}

int session_attention(Session *s, real *ret) {
    const Config *c = s->config;
    const Parameters *w = &s->weights->model->parameters;
    int count = (int)s->tokens->len, keys = MIN(count, c->context);
    if (count == 0) return 0;
    const Token *tokens = &g_array_index(s->tokens, Token, count - keys);
    embed_forward(s->x, w->embed, tokens + keys - 1, 1, c->width);
    if (c->places) rotary_places(s->x, &s->rotary, keys - 1, 1, c);
    map(s, s->z, s->x, &s->weights->latent, 1);
    norm(s, &w->cross.norm_attn, s->z, 1);
    map(s, s->q, s->normed, &s->weights->cross.q, 1);
    bool ok = cross_step_weights(s->step, ret, s->q, &s->rotary, tokens, keys);
    return ok ? keys : 0;
}

int session_recall(Session *s, real *ret) {
    int count = (int)s->tokens->len, keys = MIN(count, s->config->context);
    const Token *tokens = (const Token *)(void *)s->tokens->data;
    if (!s->recall || count == 0) return 0;
    return recall_step_weights(s->recall, ret, tokens, count, keys) ? keys : 0;
}

int session_latents(const Session *s) { return s->runs[s->now].length; }
