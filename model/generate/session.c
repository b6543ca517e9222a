#include "model/generate/session.h"

#include "model/cross_attention.h"
#include "model/files/memory.h"
#include "model/generate/cross_step.h"
#include "model/generate/recall_step.h"
#include "model/generate/run.h"
#include "model/kernels/gemm.h"

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

    // One chunk of latents on its way through the stack, at most N rows. Nothing goes
    // backward, so all blocks lie in one place: from z to z by way of x.
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
    const Config *c = s->config;
    size_t V = (size_t)c->vocabulary;
    BlockKinds kinds = {.kv = numbers(V, c->width),
                        .mean = numbers(V, 1),
                        .rstd = numbers(V, 1),
                        .k = s->kinds_k,
                        .v = s->kinds_v};
    if (kinds.kv && kinds.mean && kinds.rstd) {
        block_kinds(s->pool, &kinds, &s->weights->model->parameters, c);
        s->step = cross_step_new(s->kinds_k, s->kinds_v, c);
    }
    memory_free(kinds.kv);
    memory_free(kinds.mean);
    memory_free(kinds.rstd);
    return s->step;
}

static bool allocate(Session *s) {
    Array all[ARRAYS];
    arrays(s, all);
    for (int i = 0; i < ARRAYS; i++)
        if (!(*all[i].at = numbers(all[i].rows, all[i].columns))) return false;
    int rows = s->config->context + s->config->latents;
    s->rotary = rotary_new(s->config, rows);
    s->positions = memory_new((size_t)rows, sizeof *s->positions);
    return s->rotary.fine && s->positions && run_init(&s->runs[0], s->weights) &&
           run_init(&s->runs[1], s->weights) && project_kinds(s) &&
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

static BlockActs acts_of(const Session *s) {
    return (BlockActs){.attn_in = s->normed,
                       .attn_mean = s->mean,
                       .attn_rstd = s->rstd,
                       .q = s->q,
                       .k = s->k,
                       .v = s->v,
                       .o = s->o,
                       .lse = s->lse,
                       .mid = s->x,
                       .mlp_in = s->normed,
                       .mlp_mean = s->mean,
                       .mlp_rstd = s->rstd,
                       .up = s->up,
                       .out = s->z};
}

static void through_block(Session *s, const BlockWeights *w, const BlockAttend *attend,
                          int n) {
    BlockActs acts = acts_of(s);
    block_forward(s->pool, &acts, w, s->z, attend, (BlockDrop){0}, n, s->config->width);
}

// The latents at [from, from + n).
typedef struct Chunk {
    Session *session;
    int from, n;
} Chunk;

static const Token *tokens_of(const Session *s) {
    return (const Token *)(void *)s->tokens->data;
}

// z = what the chunk begins with; `first` is where its latents stand among the inputs
// that it reads.
static void begin_latents(Session *s, int from, int first, int n) {
    block_latents(s->pool, s->z, s->x, s->weights->model->parameters.embed,
                  &s->weights->latent, &s->rotary, tokens_of(s) + from, first, n,
                  s->config);
}

// The oldest input that the latent at this position reads.
static int oldest(const Session *s, int position) {
    return MAX(0, position - s->config->context + 1);
}

static void attend_inputs(void *data, const BlockActs *a) {
    const Chunk *k = data;
    Session *s = k->session;
    const Config *c = s->config;
    const Token *tokens = tokens_of(s);
    if (k->n <= RUN_FEW) {
        for (int i = 0; i < k->n; i++) {
            int start = oldest(s, k->from + i);
            cross_step(s->step, s->pool, row(a->o, s, i), row(a->q, s, i), &s->rotary,
                       tokens + start, k->from + i + 1 - start);
        }
        return;
    }
    int first = oldest(s, k->from), keys = k->from + k->n - first;
    Inputs in = {.tokens = tokens + first,
                 .positions = s->positions,
                 .keys = keys,
                 .n = k->n,
                 .span = c->context};
    rotary(s->pool, a->q, &s->rotary, keys - k->n, 1, k->n, c);
    cross_attention_forward(s->pool, a->o, a->lse, NULL, a->q, s->kinds_k, s->kinds_v,
                            &s->rotary, &in, c);
}

static void attend_runs(void *data, const BlockActs *a) { run_attend(data, a); }

// What the chunk's n latents from place `from` on recall; the next run's rows, which
// begin with the latent `late`, come behind them.
static void recall(Session *s, int from, int n, int late) {
    int d = s->config->width;
    recall_step(s->recall, s->pool, s->x, s->o, tokens_of(s), from, n);
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
    block_logits(s->pool, s->logits, s->normed, s->mean, s->rstd, row(s->z, s, at),
                 &s->weights->model->parameters.final_norm, &s->weights->head, 1);
}

// -log p of the timeline's tokens from `from` on.
typedef struct Scores {
    double *nats;
    int from;
} Scores;

// How likely the tokens after the chunk's rows were, the first row being at `from`.
static void score(Session *s, int from, int n, const Scores *ret) {
    for (int next = from + 1; next <= from + n && next < (int)s->tokens->len; next++) {
        head(s, next - from - 1);
        ret->nats[next - ret->from] = nats_of(s, tokens_of(s)[next]);
    }
}

// Adds the next n positions to the runs, and with `last` leaves the logits of the last;
// `scores`, which may be NULL, are of the tokens after them.
static void extend(Session *s, int n, bool last, const Scores *scores) {
    const Config *c = s->config;
    const Weights *w = s->weights;
    Run *now = &s->runs[s->now], *next = &s->runs[!s->now];
    int from = now->begin + now->length;
    Chunk chunk = {s, from, n};
    begin_latents(s, from, from - oldest(s, from), n);
    through_block(s, &w->cross,
                  &(BlockAttend){.forward = attend_inputs, .data = &chunk}, n);
    RunPart parts[RUN_PARTS_MOST] = {{now, 0, n}};
    int count = 1, rows = n;
    int late = MAX(0, next->begin - from); // rows that are before the next run
    if (late < n) {
        // The cross-attention does not know of runs: both go on from the same.
        parts[count++] = (RunPart){next, n, n - late};
        memcpy(row(s->z, s, n), row(s->z, s, late),
               (size_t)(n - late) * (size_t)c->width * sizeof(real));
        rows += n - late;
    }
    RunAttend runs = {.pool = s->pool,
                      .rotary = &s->rotary,
                      .config = c,
                      .parts = parts,
                      .count = count,
                      .wide_k = s->wide_k,
                      .wide_v = s->wide_v};
    BlockAttend attend = {.forward = attend_runs, .data = &runs, .self = true};
    for (runs.layer = 0; runs.layer < c->layers; runs.layer++) {
        if (s->recall && runs.layer == c->recall_layer) recall(s, from, n, late);
        through_block(s, &w->layers[runs.layer], &attend, rows);
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
    const BlockWeights *w = &s->weights->cross;
    int count = (int)s->tokens->len, keys = MIN(count, c->context);
    if (count == 0) return 0;
    begin_latents(s, count - 1, keys - 1, 1);
    norm_forward(s->pool, s->normed, s->mean, s->rstd, s->z, w->norm_attn, 1, c->width);
    qlinear_forward(s->pool, &(QLinear){s->q, &w->q}, 1, s->normed, 1);
    bool ok = cross_step_weights(s->step, ret, s->q, &s->rotary,
                                 tokens_of(s) + count - keys, keys);
    return ok ? keys : 0;
}

int session_recall(Session *s, real *ret) {
    int count = (int)s->tokens->len, keys = MIN(count, s->config->context);
    const Token *tokens = (const Token *)(void *)s->tokens->data;
    if (!s->recall || count == 0) return 0;
    return recall_step_weights(s->recall, ret, tokens, count, keys) ? keys : 0;
}

int session_latents(const Session *s) { return s->runs[s->now].length; }
