// Compares the program's own sources, compiled in double, with finite differences: for
// each parameter w, (loss(w + e) - loss(w - e)) / 2e equals dw within 1e-8 of the
// largest gradient.
#include "tests/test.h"

#include "model/perceiver.h"
#include "model/recall/chords.h"

#include <stdlib.h>

#define STEP 1e-5
#define Z    1e-2 // large, so that its part of the gradient is visible

typedef struct Case {
    Config config;
    int keys, n, prefix; // inputs, latents, distances in the prefix
    double dropout;
    size_t every; // one in so many parameters is checked
} Case;

static Parameters w, dw;
static Perceiver *net;
static Inputs in;
static Token tokens[512];
static int positions[512];
static Dropout drop;
static real bias; // the bias of the prefix

static double loss_of(double scale) {
    double loss;
    perceiver_forward(net, &w, &in, drop);
    perceiver_loss(net, tokens + in.keys - in.n + 1, Z, scale, &loss);
    return loss / in.n;
}

// Returns how small parameter i is beside the others, which have less effect.
static double scale_of(const Case *c, size_t i) {
    size_t first = c->config.chord_steps ? (size_t)(w.recall.chords - w.memory)
                                         : w.count;
    return i >= first && i < first + CHORD_LENGTHS * CHORD_LEFT ? 1. / CHORD_SCALE : 1;
}

static void begin(const Case *c, Pool *pool) {
    Rng rng = rng_new(7, 7);
    parameters_new(&w, &c->config);
    parameters_new(&dw, &c->config);
    for (size_t i = 0; i < w.count; i++)
        w.memory[i] = (real)(scale_of(c, i) * 0.4 * rng_normal(&rng));
    int stride = c->prefix, last = (c->keys - 1) * stride + 1;
    net = perceiver_new(&c->config, pool, MAX(last, c->keys), c->n);
    for (int i = 0; i <= c->keys; i++)
        tokens[i] = (Token)rng_below(&rng, (uint32_t)c->config.vocabulary);
    // The prefix's positions are `stride` apart; the latents follow one after the
    // other.
    for (int i = 0, p = 0; i < c->keys; i++) {
        positions[i] = p;
        p += i < c->keys - c->n ? stride : 1;
    }
    in = (Inputs){.tokens = tokens,
                  .positions = positions,
                  .keys = c->keys,
                  .n = c->n,
                  .bias = bias};
    drop = (Dropout){c->dropout, 99};
}

static void end(void) {
    perceiver_free(net);
    parameters_free(&w);
    parameters_free(&dw);
}

static double largest(void) {
    double most = 0;
    for (size_t i = 0; i < dw.count; i++) most = fmax(most, fabs((double)dw.memory[i]));
    return most;
}

static void check_case(const Case *c) {
    Pool *pool = pool_new(2);
    begin(c, pool);
    loss_of(1.0 / in.n);
    perceiver_backward(net, &dw, &w);
    double most = largest(), worst = 0;
    size_t at = 0;
    size_t step = SANITIZED ? 17 * c->every : c->every;
    for (size_t i = 0; i < w.count; i += step) {
        real keep = w.memory[i];
        double off = scale_of(c, i) * STEP;
        w.memory[i] = keep + (real)off;
        double up = loss_of(0);
        w.memory[i] = keep - (real)off;
        double down = loss_of(0);
        w.memory[i] = keep;
        double error = fabs((up - down) / (2 * off) - (double)dw.memory[i]) / most;
        if (!(error <= worst)) worst = error, at = i;
    }
    if (!(worst < 1e-8)) fprintf(stderr, "parameter %zu is off by %g\n", at, worst);
    CHECK(worst < 1e-8);
    end();
    pool_free(pool);
}

// Recall before each layer in turn, over all inputs.
static void check_recall(Config c, double dropout, size_t every) {
    c.recall_first = 3;
    c.recall_end = 8;
    for (c.recall_layer = 0; c.recall_layer < c.layers; c.recall_layer++)
        check_case(&(Case){c, c.context, c.latents, 1, dropout, every});
}

TEST(every_gradient_is_that_of_the_loss) {
    check_case(&(Case){{11, 12, 5, 12, 3, 2, 12, .places = false}, 12, 5, 1, 0, 1});
}

TEST(every_gradient_is_that_of_the_loss_where_latents_know_their_places) {
    check_case(&(Case){{11, 12, 5, 12, 3, 2, 12, .places = true}, 12, 5, 1, 0, 1});
}

TEST(every_gradient_is_that_of_the_loss_under_dropout) {
    check_case(&(Case){{11, 12, 5, 16, 2, 1, 12, .places = false}, 12, 5, 1, 0.3, 1});
}

TEST(every_gradient_is_that_of_the_loss_when_the_prefix_has_gaps) {
    check_case(&(Case){{7, 40, 4, 8, 1, 1, 40, .places = false}, 10, 4, 3, 0, 1});
}

TEST(every_gradient_is_that_of_the_loss_when_the_prefix_has_a_bias) {
    bias = (real)1.4;
    check_case(&(Case){{7, 40, 4, 8, 1, 1, 40, .places = false}, 10, 4, 3, 0, 1});
    check_case(
        &(Case){{13, 400, 140, 8, 2, 1, 400, .places = false}, 400, 140, 1, 0, 29});
    bias = 0;
}

TEST(every_gradient_is_that_of_the_loss_when_all_inputs_are_latents) {
    check_case(&(Case){{9, 16, 16, 8, 2, 1, 16, .places = false}, 9, 9, 1, 0, 1});
}

TEST(every_gradient_is_that_of_the_loss_with_recall) {
    check_recall((Config){11, 12, 5, 12, 3, 2, 12, .recall_heads = 2}, 0, 1);
    check_recall((Config){11, 12, 5, 12, 3, 2, 12, .recall_heads = 5}, 0.3, 1);
    check_recall((Config){11, 90, 40, 8, 2, 2, 90, .recall_heads = 1}, 0, 1);
    check_recall((Config){13, 400, 140, 8, 2, 1, 400, .recall_heads = 4}, 0, 29);
}

TEST(every_gradient_is_that_of_the_loss_with_chords) {
    Config c = {.vocabulary = 11,
                .context = 90,
                .latents = 40,
                .width = 8,
                .heads = 2,
                .layers = 1,
                .rotary_wavelength = 90,
                .recall_heads = 1,
                .recall_first = 2,
                .recall_end = 8,
                .chord_steps = 1,
                .time_first = 8,
                .time_end = 10};
    check_case(&(Case){c, 90, 40, 1, 0, 1});
    c.logit_cap = 3;
    check_case(&(Case){c, 90, 40, 1, 0.3, 1});
}

TEST(every_gradient_is_that_of_the_loss_with_gates_and_values) {
    check_case(&(Case){{11, 12, 5, 12, 3, 2, 12, .gates = 1}, 12, 5, 1, 0.3, 1});
    check_case(&(Case){{11, 12, 5, 12, 3, 2, 12, .values = 1}, 12, 5, 1, 0.3, 1});
    check_recall(
        (Config){11, 12, 5, 12, 3, 2, 12, .recall_heads = 2, .gates = 1, .values = 1},
        0, 1);
}

TEST(every_gradient_is_that_of_the_loss_with_a_soft_cap) {
    check_case(&(Case){{11, 12, 5, 12, 3, 2, 12, .logit_cap = 3}, 12, 5, 1, 0, 1});
}

TEST(gradients_hold_across_blocks_of_queries_and_keys) {
    check_case(
        &(Case){{13, 400, 140, 8, 2, 1, 400, .places = false}, 400, 140, 1, 0, 29});
}

// The vocabulary of `config` must have 11 ids.
static void check_causal(Config config) {
    Case c = {config, 30, 8, 1, 0, 1};
    begin(&c, NULL);
    real before[8 * 11];
    memcpy(before, perceiver_forward(net, &w, &in, drop), sizeof before);
    Token was = tokens[in.keys - 3];
    for (Token other = 0; other < 11; other++) {
        if (other == was) continue;
        tokens[in.keys - 3] = other;
        const real *after = perceiver_forward(net, &w, &in, drop);
        CHECK(memcmp(before, after, sizeof(real) * 5 * 11) == 0);
        CHECK(memcmp(before + 5 * 11, after + 5 * 11, sizeof(real) * 11) != 0);
    }
    end();
}

TEST(a_latent_does_not_see_what_comes_after_it) {
    check_causal((Config){11, 30, 8, 12, 3, 2, 30, .places = false});
    check_causal((Config){11, 30, 8, 12, 3, 2, 30, .recall_heads = 2, .recall_layer = 1,
                          .recall_first = 2, .recall_end = 10});
    check_causal((Config){11, 30, 8, 12, 3, 2, 30, .recall_heads = 1, .recall_layer = 1,
                          .recall_first = 2, .recall_end = 8, .chord_steps = 1,
                          .time_first = 8, .time_end = 10});
    check_causal((Config){11, 30, 8, 12, 3, 2, 30, .gates = 1, .values = 1});
}

static void check_threads(Config config) {
    Case c = {config, 300, 100, 1, 0.1, 1};
    double losses[3], norms[3];
    for (int threads = 1; threads <= 3; threads++) {
        Pool *pool = pool_new(threads);
        begin(&c, pool);
        losses[threads - 1] = loss_of(1);
        perceiver_backward(net, &dw, &w);
        double norm = 0;
        for (size_t i = 0; i < dw.count; i++)
            norm += (double)(dw.memory[i] * dw.memory[i]);
        norms[threads - 1] = norm;
        end();
        pool_free(pool);
    }
    CHECK(losses[0] == losses[1] && losses[1] == losses[2]);
    CHECK(norms[0] == norms[1] && norms[1] == norms[2]);
}

TEST(loss_and_gradient_do_not_depend_on_the_number_of_threads) {
    check_threads((Config){13, 300, 100, 16, 2, 2, 300, .places = false});
    check_threads((Config){13, 300, 100, 16, 2, 2, 300, .recall_heads = 4,
                           .recall_layer = 1, .recall_first = 2, .recall_end = 12});
    check_threads((Config){13, 300, 100, 16, 2, 2, 300, .gates = 1, .values = 1});
}

int main(void) {
    RUN(every_gradient_is_that_of_the_loss);
    RUN(every_gradient_is_that_of_the_loss_where_latents_know_their_places);
    RUN(every_gradient_is_that_of_the_loss_under_dropout);
    RUN(every_gradient_is_that_of_the_loss_when_the_prefix_has_gaps);
    RUN(every_gradient_is_that_of_the_loss_when_the_prefix_has_a_bias);
    RUN(every_gradient_is_that_of_the_loss_when_all_inputs_are_latents);
    RUN(every_gradient_is_that_of_the_loss_with_recall);
    RUN(every_gradient_is_that_of_the_loss_with_chords);
    RUN(every_gradient_is_that_of_the_loss_with_gates_and_values);
    RUN(every_gradient_is_that_of_the_loss_with_a_soft_cap);
    RUN(gradients_hold_across_blocks_of_queries_and_keys);
    RUN(a_latent_does_not_see_what_comes_after_it);
    RUN(loss_and_gradient_do_not_depend_on_the_number_of_threads);
    return test_end();
}
