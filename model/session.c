#include "model/session.h"

#include "model/cross_attention.h"
#include "model/gemm.h"

typedef struct Cache {
    real *k, *v; // (N, d): the run's keys, rotated by their place in it, and values
} Cache;

struct Session {
    const Model *model; // borrowed
    Pool *pool;         // borrowed
    GArray *tokens;     // the timeline
    int run_begin;      // position of the run's first latent
    int run_length;     // latents in it; caches hold as many rows

    // Constant for a model: embed, LN_kv and the projections give V keys and values.
    real *kinds_k, *kinds_v; // (V, d)
    real *rotary;            // (M + N, r/2, 2)
    int *positions;          // 0, 1, 2 ...: (M + N)
    Cache *layers;           // owned

    // One chunk of latents on its way through the stack, at most N rows.
    real *x, *z, *normed, *q, *o, *up, *mean, *rstd, *lse, *keys_r, *logits;
};

static void *numbers(size_t rows, int columns) {
    return g_new(real, rows * (size_t)columns);
}

static void project_kinds(Session *s) {
    const Config *c = &s->model->config;
    const Parameters *w = &s->model->parameters;
    int V = c->vocabulary, d = c->width;
    real *kv = numbers((size_t)V, d), *mean = numbers((size_t)V, 2);
    norm_forward(s->pool, kv, mean, mean + V, w->embed, &w->norm_kv, V, d);
    linear_forward(s->pool, s->kinds_k, kv, &w->cross.attn.k, V, d, d);
    linear_forward(s->pool, s->kinds_v, kv, &w->cross.attn.v, V, d, d);
    g_free(kv);
    g_free(mean);
}

Session *session_new(const Model *m, Pool *pool) {
    gemm_init();
    const Config *c = &m->config;
    Session *s = g_new0(Session, 1);
    size_t N = (size_t)c->latents, V = (size_t)c->vocabulary;
    int d = c->width, rows = c->context + c->latents;
    s->model = m;
    s->pool = pool;
    s->tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    s->kinds_k = numbers(V, d);
    s->kinds_v = numbers(V, d);
    s->rotary = numbers((size_t)rows, config_rotary(c));
    rotary_table(s->rotary, rows, config_rotary(c), c->rotary_wavelength);
    s->positions = g_new(int, rows);
    for (int i = 0; i < rows; i++) s->positions[i] = i;
    s->layers = g_new0(Cache, c->layers);
    for (int i = 0; i < c->layers; i++)
        s->layers[i] = (Cache){numbers(N, d), numbers(N, d)};
    s->x = numbers(N, d);
    s->z = numbers(N, d);
    s->normed = numbers(N, d);
    s->q = numbers(N, d);
    s->o = numbers(N, d);
    s->up = numbers(N, MLP_RATIO * d);
    s->mean = numbers(N, 1);
    s->rstd = numbers(N, 1);
    s->lse = numbers(N, c->heads);
    s->keys_r = numbers((size_t)rows, c->heads * config_rotary(c));
    s->logits = numbers(V, 1);
    project_kinds(s);
    return s;
}

void session_free(Session *s) {
    if (!s) return;
    g_array_unref(s->tokens);
    for (int i = 0; i < s->model->config.layers; i++) {
        g_free(s->layers[i].k);
        g_free(s->layers[i].v);
    }
    void *owned[] = {s->kinds_k, s->kinds_v, s->rotary, s->positions,
                     s->layers,  s->x,       s->z,      s->normed,
                     s->q,       s->o,       s->up,     s->mean,
                     s->rstd,    s->lse,     s->keys_r, s->logits};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++) g_free(owned[i]);
    g_free(s);
}

static void norm(Session *s, const Norm *w, const real *x, int n) {
    norm_forward(s->pool, s->normed, s->mean, s->rstd, x, w, n, s->model->config.width);
}

static void linear(Session *s, real *y, const real *x, const Linear *w, int n) {
    int d = s->model->config.width;
    linear_forward(s->pool, y, x, w, n, d, d);
}

// z += MLP(LN_mlp(z)), through x.
static void mlp(Session *s, const Block *w, int n) {
    int d = s->model->config.width;
    norm(s, &w->norm_mlp, s->z, n);
    linear_forward(s->pool, s->up, s->normed, &w->mlp.up, n, d, MLP_RATIO * d);
    squared_relu_forward(s->pool, s->up, n * MLP_RATIO * d);
    linear_forward(s->pool, s->x, s->up, &w->mlp.down, n, MLP_RATIO * d, d);
    residual(s->pool, s->z, s->x, 0, 0, n * d);
}

// z = latent(embed), then what the latents at [from, from + n) read of the context.
static void cross(Session *s, int from, int n) {
    const Config *c = &s->model->config;
    const Parameters *w = &s->model->parameters;
    const Token *tokens = &g_array_index(s->tokens, Token, 0);
    int first = MAX(0, from - c->context + 1), keys = from + n - first;
    Inputs in = {tokens + first, s->positions, keys, n, c->context};
    embed_forward(s->x, w->embed, tokens + from, n, c->width);
    linear(s, s->z, s->x, &w->latent, n);
    norm(s, &w->cross.norm_attn, s->z, n);
    linear(s, s->q, s->normed, &w->cross.attn.q, n);
    rotary(s->pool, s->q, s->rotary, keys - n, 1, n, c);
    if (n == 1)
        cross_attention_step(s->pool, s->o, s->q, s->kinds_k, s->kinds_v, s->rotary,
                             &in, c);
    else
        cross_attention_forward(s->pool, s->o, s->lse, s->keys_r, s->q, s->kinds_k,
                                s->kinds_v, s->rotary, &in, c);
    linear(s, s->x, s->o, &w->cross.attn.out, n);
    residual(s->pool, s->z, s->x, 0, 0, n * c->width);
    mlp(s, &w->cross, n);
}

// The run's rows [row, row + n) through one layer.
static void layer(Session *s, int i, int row, int n) {
    const Config *c = &s->model->config;
    const Block *w = &s->model->parameters.layers[i];
    Cache *cache = &s->layers[i];
    real *k = cache->k + (size_t)row * (size_t)c->width;
    real *v = cache->v + (size_t)row * (size_t)c->width;
    norm(s, &w->norm_attn, s->z, n);
    linear(s, s->q, s->normed, &w->attn.q, n);
    linear(s, k, s->normed, &w->attn.k, n);
    linear(s, v, s->normed, &w->attn.v, n);
    rotary(s->pool, s->q, s->rotary, row, 1, n, c);
    rotary(s->pool, k, s->rotary, row, 1, n, c);
    attention_forward(s->pool, s->o, s->lse, s->q, cache->k, cache->v, n, row + n, c);
    linear(s, s->x, s->o, &w->attn.out, n);
    residual(s->pool, s->z, s->x, 0, 0, n * c->width);
    mlp(s, w, n);
}

// Adds the next n positions to the run and leaves the logits of the last.
static void extend(Session *s, int n) {
    const Config *c = &s->model->config;
    const Parameters *w = &s->model->parameters;
    cross(s, s->run_begin + s->run_length, n);
    for (int i = 0; i < c->layers; i++) layer(s, i, s->run_length, n);
    norm(s, &w->final_norm, s->z + (size_t)(n - 1) * (size_t)c->width, 1);
    linear_forward(s->pool, s->logits, s->normed, &w->head, 1, c->width, c->vocabulary);
    s->run_length += n;
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

const real *session_sync(Session *s, const Token *tokens, int count) {
    int N = s->model->config.latents, half = MAX(1, N / 2);
    int common = common_prefix(s, tokens, count);
    if (common == count && (int)s->tokens->len == count) return s->logits;
    g_array_set_size(s->tokens, (guint)common);
    g_array_append_vals(s->tokens, tokens + common, (guint)(count - common));

    // Rows of the run that still stand; the last position is computed in any case, for
    // its logits. A run cut too short to be worth keeping is begun anew.
    int kept = MIN(s->run_length, MIN(common, count - 1) - s->run_begin);
    int length = count - s->run_begin;
    bool keep = kept > 0 && length <= N && (length >= half || s->run_begin == 0);
    if (!keep) {
        s->run_begin = MAX(0, count - half);
        kept = 0;
    }
    s->run_length = kept;
    extend(s, count - s->run_begin - kept);
    return s->logits;
}
