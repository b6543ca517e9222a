#include "tests/test.h"

#include "model/perceiver.h"
#include "model/session.h"

#define TOLERANCE 1e-4

// d 24, so that a head of 8 rotates 4 channels; N 8 and M 20 are crossed soon.
static Model toy(void) {
    Model m = {.config = {17, 20, 8, 24, 3, 2, 20}};
    Rng rng = rng_new(3, 3);
    parameters_new(&m.parameters, &m.config);
    for (size_t i = 0; i < m.parameters.count; i++)
        m.parameters.memory[i] = (real)(0.3 * rng_normal(&rng));
    return m;
}

static void random_tokens(Token *tokens, int count, uint64_t seed) {
    Rng rng = rng_new(seed, 5);
    for (int i = 0; i < count; i++) tokens[i] = (Token)rng_below(&rng, 17);
}

static double difference(const real *a, const real *b) {
    double most = 0;
    for (int v = 0; v < 17; v++) most = fmax(most, fabs((double)a[v] - (double)b[v]));
    return most;
}

// The logits after `count` tokens when the last `latents` positions are latents, by the
// training path; valid while count <= M.
static void uncached(real *ret, const Model *m, const Token *tokens, int count,
                     int latents) {
    int positions[32];
    for (int i = 0; i < count; i++) positions[i] = i;
    Perceiver *net = perceiver_new(&m->config, NULL, count, latents);
    Inputs in = {tokens, positions, count, latents, 0};
    const real *logits = perceiver_forward(net, &m->parameters, &in, (Dropout){0});
    memcpy(ret, logits + (size_t)(latents - 1) * 17, 17 * sizeof *ret);
    perceiver_free(net);
}

TEST(a_cached_step_equals_the_uncached_forward) {
    Model m = toy();
    Weights *w = weights_new(&m, false);
    Token tokens[20];
    random_tokens(tokens, 20, 1);
    Session *s = session_new(w, NULL);
    // A prompt of 10 begins a run of 4 latents, each token adds one up to N = 8; the
    // token after that begins anew with 4.
    const int latents[] = {4, 5, 6, 7, 8, 4, 5, 6, 7, 8};
    for (int i = 0; i < 10; i++) {
        real want[17];
        uncached(want, &m, tokens, 10 + i, latents[i]);
        CHECK_NEAR(difference(session_sync(s, tokens, 10 + i), want), 0, TOLERANCE);
    }
    session_free(s);
    weights_free(w);
    model_free(&m);
}

TEST(a_run_begun_anew_forgets_nothing_but_latents) {
    Model m = toy();
    Weights *w = weights_new(&m, false);
    Token tokens[200];
    random_tokens(tokens, 200, 2);
    Session *one = session_new(w, NULL);
    for (int n = 100; n <= 200; n++) {
        const real *got = session_sync(one, tokens, n);
        if ((n - 100) % 5 != 0) continue; // where a run begins: 4 latents, then 5 .. 8
        Session *fresh = session_new(w, NULL);
        CHECK_NEAR(difference(got, session_sync(fresh, tokens, n)), 0, TOLERANCE);
        session_free(fresh);
    }
    session_free(one);
    weights_free(w);
    model_free(&m);
}

TEST(only_the_newest_inputs_of_the_context_are_read) {
    Model m = toy();
    Weights *w = weights_new(&m, false);
    Token a[60], b[60];
    random_tokens(a, 60, 3);
    memcpy(b, a, sizeof a);
    // The run's first latent stands at 56 and reads from 56 - 20 + 1 on.
    b[36] = (b[36] + 1) % 17;
    Session *s = session_new(w, NULL), *t = session_new(w, NULL);
    CHECK_NEAR(difference(session_sync(s, a, 60), session_sync(t, b, 60)), 0, 1e-6);
    memcpy(b, a, sizeof a);
    b[37] = (b[37] + 1) % 17;
    CHECK(difference(session_sync(s, a, 60), session_sync(t, b, 60)) > 1e-6);
    session_free(s);
    session_free(t);
    weights_free(w);
    model_free(&m);
}

TEST(syncing_the_same_prefix_again_changes_nothing) {
    Model m = toy();
    Weights *w = weights_new(&m, false);
    Token tokens[15];
    random_tokens(tokens, 15, 4);
    Session *s = session_new(w, NULL);
    real first[17];
    memcpy(first, session_sync(s, tokens, 15), sizeof first);
    CHECK(memcmp(first, session_sync(s, tokens, 15), sizeof first) == 0);
    session_free(s);
    weights_free(w);
    model_free(&m);
}

TEST(going_back_and_taking_another_turn_equals_having_gone_there_at_once) {
    Model m = toy();
    Weights *w = weights_new(&m, false);
    Token tokens[16], turn[16];
    random_tokens(tokens, 16, 6);
    memcpy(turn, tokens, sizeof turn);
    turn[13] = (turn[13] + 3) % 17;
    Session *s = session_new(w, NULL), *t = session_new(w, NULL);
    session_sync(s, tokens, 12); // a run of 4 from position 8
    session_sync(s, tokens, 16);
    session_sync(t, turn, 12);
    CHECK_NEAR(difference(session_sync(s, turn, 15), session_sync(t, turn, 15)), 0,
               TOLERANCE);
    CHECK_NEAR(difference(session_sync(s, turn, 12), session_sync(t, turn, 12)), 0,
               TOLERANCE);
    session_free(s);
    session_free(t);
    weights_free(w);
    model_free(&m);
}

TEST(one_token_is_a_prefix) {
    Model m = toy();
    Weights *w = weights_new(&m, false);
    Token start = 2;
    Session *s = session_new(w, NULL);
    real want[17];
    uncached(want, &m, &start, 1, 1);
    CHECK_NEAR(difference(session_sync(s, &start, 1), want), 0, TOLERANCE);
    session_free(s);
    weights_free(w);
    model_free(&m);
}

// W as int8 stands for it, y = x Wt + b by it for many rows at once and for each alone.
TEST(int8_weights_are_near_and_many_rows_are_mapped_as_each_alone) {
    enum { ROWS = 40, IN = 24, OUT = 17 };
    Model m = toy();
    Weights *int8 = weights_new(&m, true), *exact = weights_new(&m, false);
    static real x[ROWS][IN], all[ROWS][OUT], one[OUT], wide[OUT][IN], want[OUT][IN];
    Rng rng = rng_new(4, 4);
    for (int i = 0; i < ROWS * IN; i++) x[i / IN][i % IN] = (real)rng_normal(&rng);
    matrix_widen(*wide, &int8->head);
    matrix_widen(*want, &exact->head);
    CHECK(memcmp(want, m.parameters.head.weight, sizeof want) == 0);
    for (int o = 0; o < OUT; o++)
        for (int i = 0; i < IN; i++)
            CHECK_NEAR((double)wide[o][i], (double)want[o][i],
                       0.501 * (double)int8->head.scale[o]);
    maps_forward(NULL, &(Map){*all, &int8->head}, 1, *x, ROWS);
    for (int n = 0; n < ROWS; n++) {
        maps_forward(NULL, &(Map){one, &int8->head}, 1, x[n], 1);
        CHECK_NEAR(difference(one, all[n]), 0, TOLERANCE);
    }
    weights_free(int8);
    weights_free(exact);
    model_free(&m);
}

int main(void) {
    RUN(a_cached_step_equals_the_uncached_forward);
    RUN(a_run_begun_anew_forgets_nothing_but_latents);
    RUN(only_the_newest_inputs_of_the_context_are_read);
    RUN(syncing_the_same_prefix_again_changes_nothing);
    RUN(going_back_and_taking_another_turn_equals_having_gone_there_at_once);
    RUN(one_token_is_a_prefix);
    RUN(int8_weights_are_near_and_many_rows_are_mapped_as_each_alone);
    return test_end();
}
