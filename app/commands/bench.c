#include "app/commands/bench.h"

#include "midi/vocabulary.h"
#include "model/generate/session.h"
#include "model/train/optimizer/optimizer.h"
#include "model/train/predictors.h"

enum { RESYNC = 8 };

static double seconds(void) { return (double)g_get_monotonic_time() / 1e6; }

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, int count) {
    qsort(times, (size_t)count, sizeof *times, by_size);
    return times[count / 2];
}

// Draws a token: as in music, 21 of 100 begin a note and 21 end one, mostly within four
// octaves.
static Token random_token(int vocabulary, Rng *rng) {
    if (vocabulary <= TOKEN_TIME_SHIFT) // a model of ids
        return (Token)rng_below(rng, (uint32_t)vocabulary);
    uint32_t kind = rng_below(rng, 100), pitch = 40 + rng_below(rng, 48);
    if (kind < 21) return TOKEN_NOTE_ON + (Token)pitch;
    if (kind < 42) return TOKEN_NOTE_OFF + (Token)pitch;
    return TOKEN_TIME_SHIFT +
           (Token)rng_below(rng, (uint32_t)vocabulary - TOKEN_TIME_SHIFT);
}

static Token *random_tokens(int count, int vocabulary, Rng *rng) {
    Token *tokens = g_new(Token, count);
    for (int i = 0; i < count; i++) tokens[i] = random_token(vocabulary, rng);
    return tokens;
}

static size_t linear_weights(const Config *c) {
    size_t d = (size_t)c->width;
    return (1 + 10 + 12 * (size_t)c->layers) * d * d + d * (size_t)c->vocabulary;
}

// Returns the operations of a step: one forward pass, and twice that for backward, as
// any implementation needs. Only the operations that the tables of cross_attention.h
// save are left out.
static double operations(const Config *c) {
    double N = c->latents, d = c->width, V = c->vocabulary, r = config_rotary(c);
    double seen = c->context - (N - 1) / 2; // inputs per latent, on average
    double linear = N * (double)linear_weights(c) + 2 * V * d * d;
    double self = c->layers * N * (N + 1) / 2 * 2 * d;
    double cross = N * (seen * r * c->heads + V * (2 * d - r * c->heads));
    double recalled = config_recalled(c), states = N * 0.21; // random_token()
    double read = states * c->recall_heads * (recalled + 2 * V) * d;
    if (c->recall_heads) linear += N * d * d + read;
    return 2 * 3 * (linear + self + cross);
}

// A window of random tokens that fills the context.
static BatchWindow random_window(const Config *c, Rng *rng) {
    BatchWindow w = {.tokens = random_tokens(c->context + 1, c->vocabulary, rng),
                     .positions = g_new(int, c->context)};
    for (int i = 0; i < c->context; i++) w.positions[i] = i;
    w.in = (Inputs){.tokens = w.tokens,
                    .positions = w.positions,
                    .keys = c->context,
                    .n = c->latents};
    w.targets = w.tokens + c->context - c->latents + 1;
    return w;
}

typedef struct Training {
    const Config *config;
    Parameters w, dw;
    Optimizer adamw;
    Perceiver *net;
    BatchWindow window;
    Pool *pool;
} Training;

static void training_step(void *data) {
    Training *t = data;
    const Config *c = t->config;
    double loss;
    memset(t->dw.memory, 0, t->dw.count * sizeof(real));
    perceiver_forward(t->net, &t->w, &t->window.in, (Dropout){0});
    perceiver_loss(t->net, t->window.targets, 1e-4, 1.0 / c->latents, &loss);
    perceiver_backward(t->net, &t->dw, &t->w);
    double norm = gradient_norm(t->pool, t->dw.memory, t->dw.count);
    optimizer_update(&t->adamw, t->pool, c, &t->w, t->dw.memory, 1e-4, 1 / MAX(norm, 1),
                     false);
}

// Returns the median time of `steps` steps, after one more that fills the caches.
static double time_steps(void (*step)(void *data), void *data, int steps) {
    double *times = g_new(double, steps);
    for (int i = -1; i < steps; i++) {
        double began = seconds();
        step(data);
        if (i >= 0) times[i] = seconds() - began;
    }
    double ret = median(times, steps);
    g_free(times);
    return ret;
}

bool bench_training(TrainingSpeed *ret, const Config *c, Pool *p, int steps) {
    Rng rng = rng_new(1, 1);
    Training t = {.config = c, .pool = p, .window = random_window(c, &rng)};
    bool ok = parameters_new(&t.w, c) && parameters_new(&t.dw, c) &&
              optimizer_init(&t.adamw, c, false, 0.98, 0.01) &&
              (t.net = perceiver_new(c, p, c->context, c->latents));
    if (ok) {
        parameters_initialise(&t.w, c, &rng);
        double step = time_steps(training_step, &t, steps);
        *ret = (TrainingSpeed){c->latents / step, operations(c)};
    }
    window_free(&t.window);
    perceiver_free(t.net);
    optimizer_free(&t.adamw);
    parameters_free(&t.dw);
    parameters_free(&t.w);
    return ok;
}

typedef struct Evaluating {
    Parameters w;
    Predictors *predictors;
    Prediction windows[PREDICTORS_MOST];
    int count;
} Evaluating;

static void evaluation_step(void *data) {
    Evaluating *e = data;
    predictors_run(e->predictors, &e->w, e->windows, e->count);
    for (int i = 0; i < e->count; i++)
        perceiver_score(e->windows[i].net, e->windows[i].window.targets);
}

bool bench_evaluation(double *ret_latents_second, const Config *c, int threads,
                      bool mixed, int steps) {
    Rng rng = rng_new(1, 1);
    Evaluating e = {.predictors = predictors_new(c, threads, mixed)};
    bool ok = e.predictors && parameters_new(&e.w, c);
    if (ok) {
        parameters_initialise(&e.w, c, &rng);
        e.count = predictors_count(e.predictors);
        for (int i = 0; i < e.count; i++) e.windows[i].window = random_window(c, &rng);
        double step = time_steps(evaluation_step, &e, steps);
        *ret_latents_second = e.count * c->latents / step;
    }
    for (int i = 0; i < e.count; i++) window_free(&e.windows[i].window);
    predictors_free(e.predictors);
    parameters_free(&e.w);
    return ok;
}

static void measure(GenerationSpeed *ret, Session *s, const Token *tokens, int prompt,
                    int count) {
    double *times = g_new(double, count), began = seconds();
    for (int i = 0; i < count; i++) {
        double before = seconds();
        session_sync(s, tokens, prompt + 1 + i);
        times[i] = seconds() - before;
    }
    ret->tokens_second = count / (seconds() - began);
    began = seconds();
    session_sync(s, tokens, prompt + count + RESYNC);
    ret->resync = seconds() - began;
    ret->median = median(times, count);
    ret->slowest = times[count - 1];
    g_free(times);
}

static double bytes_of_token(const Config *c, bool int8) {
    // The mean number of latents is three quarters of N in this run and a quarter in
    // the next one.
    double numbers = (double)linear_weights(c) +
                     2.0 * c->layers * c->latents * c->width;
    return numbers * (int8 ? 1 : sizeof(real));
}

// A new session with the given weights, or with random ones.
typedef struct Generator {
    Parameters own; // owned; zeroed if weights were given
    Model model;    // its parameters are borrowed
    Weights *weights;
    Session *session;
    Token *timeline; // a prompt that fills the context, and room for more
    double ready;    // seconds of preparing the weights and the session
} Generator;

static bool generator_init(Generator *g, const BenchModel *m, Pool *p, int tokens) {
    Rng rng = rng_new(1, 1);
    const Config *c = &m->config;
    *g = (Generator){.model.config = *c};
    g->timeline = random_tokens(c->context + tokens + RESYNC, c->vocabulary, &rng);
    if (!m->parameters) {
        if (!parameters_new(&g->own, c)) return false;
        parameters_initialise(&g->own, c, &rng);
    }
    g->model.parameters = m->parameters ? *m->parameters : g->own;
    double began = seconds();
    g->weights = weights_new(&g->model, m->int8);
    g->session = g->weights ? session_new(g->weights, p) : NULL;
    g->ready = seconds() - began;
    return g->session;
}

static void generator_clear(Generator *g) {
    session_free(g->session);
    weights_free(g->weights);
    parameters_free(&g->own);
    g_free(g->timeline);
}

bool bench_generation(GenerationSpeed *ret, const BenchModel *m, Pool *p, int tokens) {
    Generator g;
    bool ok = generator_init(&g, m, p, tokens);
    if (ok) {
        *ret = (GenerationSpeed){.bytes_token = bytes_of_token(&m->config, m->int8)};
        double began = seconds();
        session_sync(g.session, g.timeline, m->config.context);
        ret->prefill = seconds() - began;
        ret->start = g.ready + ret->prefill;
        measure(ret, g.session, g.timeline, m->config.context, tokens);
    }
    generator_clear(&g);
    return ok;
}

static void sync_takes(void *data, int begin, int end) {
    session_sync_all((SessionStep *)data + begin, end - begin);
}

// The takes differ after the prompt.
bool bench_takes(TakesSpeed *ret, const BenchModel *m, Pool *p, int tokens) {
    Generator g;
    SessionStep steps[BENCH_TAKES] = {0};
    Session *takes[BENCH_TAKES] = {0};
    Token *own[BENCH_TAKES] = {0};
    double *times = g_new(double, tokens), total = 0;
    int prompt = m->config.context;
    bool ok = generator_init(&g, m, p, tokens);
    if (ok) session_sync(g.session, g.timeline, prompt);
    for (int i = 0; ok && i < BENCH_TAKES; i++) {
        Rng rng = rng_new(2, (uint64_t)i);
        own[i] = random_tokens(prompt + tokens, m->config.vocabulary, &rng);
        memcpy(own[i], g.timeline, (size_t)prompt * sizeof(Token));
        takes[i] = session_fork(g.session);
        steps[i] = (SessionStep){.session = takes[i], .tokens = own[i]};
        ok = takes[i];
    }
    for (int i = 0; ok && i < tokens; i++) {
        double before = seconds();
        for (int k = 0; k < BENCH_TAKES; k++) steps[k].count = prompt + 1 + i;
        session_share_out(p, takes, BENCH_TAKES, sync_takes, steps);
        total += times[i] = seconds() - before;
    }
    if (ok) *ret = (TakesSpeed){BENCH_TAKES * tokens / total, median(times, tokens)};
    for (int i = 0; i < BENCH_TAKES; i++) {
        session_free(takes[i]);
        g_free(own[i]);
    }
    g_free(times);
    generator_clear(&g);
    return ok;
}
