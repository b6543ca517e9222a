#include "model/bench.h"

#include "model/perceiver.h"
#include "model/session.h"
#include "model/train/adamw.h"

enum { RESYNC = 8 };

static double seconds(void) { return (double)g_get_monotonic_time() / 1e6; }

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static Token *random_tokens(int count, int vocabulary, Rng *rng) {
    Token *tokens = g_new(Token, count);
    for (int i = 0; i < count; i++)
        tokens[i] = (Token)rng_below(rng, (uint32_t)vocabulary);
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
    return 2 * 3 * (linear + self + cross);
}

TrainingSpeed bench_training(const Config *c, Pool *p, int steps) {
    Rng rng = rng_new(1, 1);
    Parameters w, dw;
    parameters_new(&w, c);
    parameters_new(&dw, c);
    parameters_initialise(&w, c, &rng);
    AdamW adam;
    adamw_init(&adam, w.count, 0.98, 0.01);
    Perceiver *net = perceiver_new(c, p, c->context, c->latents);
    Token *tokens = random_tokens(c->context + 1, c->vocabulary, &rng);
    int *positions = g_new(int, c->context);
    for (int i = 0; i < c->context; i++) positions[i] = i;
    Inputs in = {tokens, positions, c->context, c->latents, 0};
    double *times = g_new(double, steps + 1);
    for (int i = 0; i <= steps; i++) { // the first, which fills the caches, is dropped
        double began = seconds(), loss;
        memset(dw.memory, 0, dw.count * sizeof(real));
        perceiver_forward(net, &w, &in, (Dropout){0});
        perceiver_loss(net, tokens + c->context - c->latents + 1, 1e-4,
                       1.0 / c->latents, &loss);
        perceiver_backward(net, &dw, &w);
        double norm = gradient_norm(p, dw.memory, dw.count);
        adamw_update(&adam, p, c, &w, dw.memory, 1e-4, 1 / MAX(norm, 1), false);
        times[i] = seconds() - began;
    }
    qsort(times + 1, (size_t)steps, sizeof *times, by_size);
    TrainingSpeed speed = {c->latents / times[1 + steps / 2], operations(c)};
    g_free(times);
    g_free(positions);
    g_free(tokens);
    perceiver_free(net);
    adamw_free(&adam);
    parameters_free(&dw);
    parameters_free(&w);
    return speed;
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

GenerationSpeed bench_generation(const Config *c, Pool *p, bool int8, int tokens) {
    Rng rng = rng_new(1, 1);
    Model m = {.config = *c};
    parameters_new(&m.parameters, c);
    parameters_initialise(&m.parameters, c, &rng);
    Weights *w = weights_new(&m, int8);
    Session *s = session_new(w, p);
    Token *timeline = random_tokens(c->context + tokens + RESYNC, c->vocabulary, &rng);
    GenerationSpeed ret = {.bytes_token = (double)linear_weights(c) *
                                          (int8 ? 1 : sizeof(real))};
    // This run and the next hold three quarters of N and a quarter, on average.
    ret.bytes_token += (double)c->layers * c->latents * c->width * 2 *
                       (int8 ? 1 : sizeof(real));
    measure(&ret, s, timeline, c->context, tokens);
    g_free(timeline);
    session_free(s);
    weights_free(w);
    model_free(&m);
    return ret;
}
