#include "app/commands/bench.h"

#include "midi/vocabulary.h"
#include "model/generate/session.h"
#include "model/perceiver.h"
#include "model/train/optimizer.h"

enum { RESYNC = 8 };

static double seconds(void) { return (double)g_get_monotonic_time() / 1e6; }

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Of a hundred tokens of music 21 begin a note and 21 end one, of four octaves mostly.
static Token random_token(int vocabulary, Rng *rng) {
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

// Forward once and backward twice that: what no implementation can do without, but for
// the kinds' tables of cross_attention.h, by which it does with less.
static double operations(const Config *c) {
    double N = c->latents, d = c->width, V = c->vocabulary, r = config_rotary(c);
    double seen = c->context - (N - 1) / 2; // inputs a latent reads, on average
    double linear = N * (double)linear_weights(c) + 2 * V * d * d;
    double self = c->layers * N * (N + 1) / 2 * 2 * d;
    double cross = N * (seen * r * c->heads + V * (2 * d - r * c->heads));
    double recalled = config_recalled(c), states = N * 0.21; // random_token()
    double read = states * c->recall_heads * (recalled + 2 * V) * d;
    if (c->recall_heads) linear += N * d * d + read;
    return 2 * 3 * (linear + self + cross);
}

typedef struct Training {
    const Config *config;
    Parameters w, dw;
    Optimizer adamw;
    Perceiver *net;
    Inputs in;
    const Token *targets;
    Pool *pool;
} Training;

static void step(Training *t) {
    const Config *c = t->config;
    double loss;
    memset(t->dw.memory, 0, t->dw.count * sizeof(real));
    perceiver_forward(t->net, &t->w, &t->in, (Dropout){0});
    perceiver_loss(t->net, t->targets, 1e-4, 1.0 / c->latents, &loss);
    perceiver_backward(t->net, &t->dw, &t->w);
    double norm = gradient_norm(t->pool, t->dw.memory, t->dw.count);
    optimizer_update(&t->adamw, t->pool, c, &t->w, t->dw.memory, 1e-4, 1 / MAX(norm, 1),
                     false);
}

// The median of `steps`; the first, which fills the caches, is one more.
static double time_steps(Training *t, int steps) {
    double *times = g_new(double, steps);
    for (int i = -1; i < steps; i++) {
        double began = seconds();
        step(t);
        if (i >= 0) times[i] = seconds() - began;
    }
    qsort(times, (size_t)steps, sizeof *times, by_size);
    double median = times[steps / 2];
    g_free(times);
    return median;
}

bool bench_training(TrainingSpeed *ret, const Config *c, Pool *p, int steps) {
    Rng rng = rng_new(1, 1);
    Training t = {.config = c, .pool = p};
    Token *tokens = random_tokens(c->context + 1, c->vocabulary, &rng);
    int *positions = g_new(int, c->context);
    for (int i = 0; i < c->context; i++) positions[i] = i;
    t.in = (Inputs){
        .tokens = tokens, .positions = positions, .keys = c->context, .n = c->latents};
    t.targets = tokens + c->context - c->latents + 1;
    bool ok = parameters_new(&t.w, c) && parameters_new(&t.dw, c) &&
              optimizer_init(&t.adamw, c, false, 0.98, 0.01) &&
              (t.net = perceiver_new(c, p, c->context, c->latents));
    if (ok) {
        parameters_initialise(&t.w, c, &rng);
        *ret = (TrainingSpeed){c->latents / time_steps(&t, steps), operations(c)};
    }
    g_free(positions);
    g_free(tokens);
    perceiver_free(t.net);
    optimizer_free(&t.adamw);
    parameters_free(&t.dw);
    parameters_free(&t.w);
    return ok;
}

static void measure(GenerationSpeed *ret, Session *s, const Token *tokens, int prompt,
                    int count) {
    double *times = g_new(double, count), began = seconds();
    session_sync(s, tokens, prompt);
    ret->prefill = seconds() - began;
    began = seconds();
    for (int i = 0; i < count; i++) {
        double before = seconds();
        session_sync(s, tokens, prompt + 1 + i);
        times[i] = seconds() - before;
    }
    ret->tokens_second = count / (seconds() - began);
    began = seconds();
    session_sync(s, tokens, prompt + count + RESYNC);
    ret->resync = seconds() - began;
    qsort(times, (size_t)count, sizeof *times, by_size);
    ret->median = times[count / 2];
    ret->slowest = times[count - 1];
    g_free(times);
}

bool bench_generation(GenerationSpeed *ret, const Config *c, Pool *p, bool int8,
                      int tokens) {
    Rng rng = rng_new(1, 1);
    Model m = {.config = *c};
    Weights *w = NULL;
    Session *s = NULL;
    Token *timeline = random_tokens(c->context + tokens + RESYNC, c->vocabulary, &rng);
    bool ok = parameters_new(&m.parameters, c);
    if (ok) parameters_initialise(&m.parameters, c, &rng);
    ok = ok && (w = weights_new(&m, int8)) && (s = session_new(w, p));
    if (ok) {
        // This run and the next hold three quarters of N and a quarter, on average.
        double numbers = (double)linear_weights(c) +
                         2.0 * c->layers * c->latents * c->width;
        *ret = (GenerationSpeed){.bytes_token = numbers * (int8 ? 1 : sizeof(real))};
        measure(ret, s, timeline, c->context, tokens);
    }
    g_free(timeline);
    session_free(s);
    weights_free(w);
    model_free(&m);
    return ok;
}
