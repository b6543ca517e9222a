#include "model/generate/sampler.h"
#include "tests/test.h"

enum { V = 391, TRIALS = 500 };

static const Sampler as_trained = {.temperature = 1, .top_p = 1};

static void random_logits(real *logits, int count, Rng *rng) {
    for (int i = 0; i < count; i++) logits[i] = (real)(4 * rng_normal(rng));
}

static void random_mask(bool *legal, int count, Rng *rng) {
    uint32_t one_in = 1 + rng_below(rng, 40);
    for (int i = 0; i < count; i++) legal[i] = rng_below(rng, one_in) == 0;
    legal[rng_below(rng, (uint32_t)count)] = true;
}

static Sampler random_sampler(Rng *rng) {
    return (Sampler){.temperature = rng_below(rng, 4) ? 3 * rng_uniform(rng) : 0,
                     .top_p = rng_below(rng, 3) ? rng_uniform(rng) : 1,
                     .min_p = rng_below(rng, 3) ? rng_uniform(rng) : 0,
                     .top_k = (int)rng_below(rng, 20)};
}

static Token likeliest(const real *logits, const bool *legal, int count) {
    Token best = -1;
    for (Token t = 0; t < count; t++)
        if (legal[t] && (best < 0 || logits[t] > logits[best])) best = t;
    return best;
}

TEST(a_token_that_is_not_legal_is_never_drawn) {
    Rng rng = rng_new(1, 0);
    for (int i = 0; i < TRIALS; i++) {
        real logits[V];
        bool legal[V];
        random_logits(logits, V, &rng);
        random_mask(legal, V, &rng);
        Sampler s = random_sampler(&rng);
        Token t = sampler_draw(&s, logits, legal, V, &rng);
        CHECK(t >= 0 && t < V && legal[t]);
    }
}

TEST(with_no_legal_token_there_is_none) {
    Rng rng = rng_new(1, 0);
    real logits[4] = {1, 2, 3, 4};
    bool legal[4] = {false};
    CHECK(sampler_draw(&as_trained, logits, legal, 4, &rng) == -1);
}

TEST(temperature_0_and_top_k_1_and_top_p_0_and_min_p_1_take_the_likeliest) {
    Rng rng = rng_new(2, 0);
    const Sampler greedy[] = {{.temperature = 0, .top_p = 1},
                              {.temperature = 2, .top_p = 1, .top_k = 1},
                              {.temperature = 2, .top_p = 0},
                              {.temperature = 2, .top_p = 1, .min_p = 1}};
    for (int i = 0; i < TRIALS; i++) {
        real logits[V];
        bool legal[V];
        random_logits(logits, V, &rng);
        random_mask(legal, V, &rng);
        Token want = likeliest(logits, legal, V);
        CHECK(sampler_draw(&greedy[i % 4], logits, legal, V, &rng) == want);
    }
}

TEST(of_equals_the_lowest_id_counts_as_likeliest) {
    Rng rng = rng_new(3, 0);
    real logits[5] = {1, 7, 7, 7, 0};
    Sampler greedy = {.temperature = 0, .top_p = 1};
    CHECK(sampler_draw(&greedy, logits, NULL, 5, &rng) == 1);
}

// Which of 5 tokens come out in 4000 draws; their probabilities are 1, 2, 4, 8, 16
// / 31.
static const real doubling[5] = {0.0f, 0.6931472f, 1.3862944f, 2.0794415f, 2.7725887f};

static void count_draws(int *counts, const Sampler *s, const bool *legal) {
    Rng rng = rng_new(4, 0);
    memset(counts, 0, 5 * sizeof *counts);
    for (int i = 0; i < 4000; i++) counts[sampler_draw(s, doubling, legal, 5, &rng)]++;
}

// Whether just the tokens from `lowest` on come out.
static bool comes_from(int lowest, const Sampler *s) {
    int counts[5];
    count_draws(counts, s, NULL);
    for (int i = 0; i < 5; i++)
        if ((counts[i] > 0) != (i >= lowest)) return false;
    return true;
}

TEST(top_k_keeps_the_k_likeliest) {
    for (int k = 1; k <= 7; k++)
        CHECK(comes_from(k < 5 ? 5 - k : 0, &(Sampler){1, 1, 0, k}));
    CHECK(comes_from(0, &(Sampler){1, 1, 0, 0}));
}

TEST(min_p_keeps_what_is_likely_beside_the_likeliest) {
    CHECK(comes_from(4, &(Sampler){1, 1, 0.51, 0}));
    CHECK(comes_from(3, &(Sampler){1, 1, 0.49, 0}));
    CHECK(comes_from(2, &(Sampler){1, 1, 0.24, 0}));
    CHECK(comes_from(0, &(Sampler){1, 1, 0.06, 0}));
}

TEST(top_p_keeps_the_fewest_that_reach_p) {
    CHECK(comes_from(4, &(Sampler){1, 0.51, 0, 0})); // 16/31 = 0.516
    CHECK(comes_from(3, &(Sampler){1, 0.52, 0, 0})); // 24/31 = 0.774
    CHECK(comes_from(2, &(Sampler){1, 0.78, 0, 0})); // 28/31 = 0.903
    CHECK(comes_from(1, &(Sampler){1, 0.91, 0, 0})); // 30/31 = 0.968
    CHECK(comes_from(0, &(Sampler){1, 0.97, 0, 0}));
}

TEST(top_p_is_of_what_top_k_and_min_p_left) {
    CHECK(comes_from(4, &(Sampler){1, 0.66, 0, 2})); // 16/24 = 0.667
    CHECK(comes_from(3, &(Sampler){1, 0.67, 0, 2}));
    CHECK(comes_from(4, &(Sampler){1, 0.66, 0.49, 0}));
}

TEST(the_cuts_are_made_at_the_temperature) {
    CHECK(comes_from(4, &(Sampler){0.5, 1, 0.26, 0})); // the second is 1/4 there
    CHECK(comes_from(3, &(Sampler){0.5, 1, 0.24, 0}));
    CHECK(comes_from(3, &(Sampler){2, 1, 0.7, 0})); // and 0.707 here
}

// Five standard deviations: a right sampler fails this once in a million.
TEST(tokens_come_as_often_as_they_are_likely) {
    const double temperatures[] = {0.5, 1, 2};
    const bool legal[5] = {true, true, false, true, true};
    for (int i = 0; i < 6; i++) {
        double temperature = temperatures[i / 2], total = 0;
        const bool *mask = i % 2 ? legal : NULL;
        int counts[5];
        count_draws(counts, &(Sampler){temperature, 1, 0, 0}, mask);
        for (int t = 0; t < 5; t++)
            if (!mask || mask[t]) total += exp((double)doubling[t] / temperature);
        for (int t = 0; t < 5; t++) {
            double p = exp((double)doubling[t] / temperature) / total;
            if (mask && !mask[t]) p = 0;
            CHECK_NEAR(counts[t] / 4000.0, p, 5 * sqrt(p * (1 - p) / 4000));
        }
    }
}

TEST(the_same_seed_draws_the_same_tokens) {
    Rng rng = rng_new(5, 0), a = rng_new(6, 0), b = rng_new(6, 0);
    for (int i = 0; i < TRIALS; i++) {
        real logits[V];
        random_logits(logits, V, &rng);
        CHECK(sampler_draw(&as_trained, logits, NULL, V, &a) ==
              sampler_draw(&as_trained, logits, NULL, V, &b));
    }
}

TEST(logits_that_are_no_numbers_still_give_a_legal_token) {
    Rng rng = rng_new(6, 0);
    const bool legal[4] = {false, true, true, true};
    const real bad[] = {(real)NAN, (real)INFINITY, -(real)INFINITY, 0};
    for (int i = 0; i < 4 * 4 * 4 * 4; i++) {
        real logits[4] = {bad[i & 3], bad[i >> 2 & 3], bad[i >> 4 & 3], bad[i >> 6]};
        Sampler s = random_sampler(&rng);
        Token t = sampler_draw(&s, logits, legal, 4, &rng);
        CHECK(t >= 1 && t < 4);
    }
    real logits[4] = {0, (real)NAN, 3, (real)NAN};
    CHECK(sampler_draw(&as_trained, logits, legal, 4, &rng) == 2);
}

int main(void) {
    RUN(a_token_that_is_not_legal_is_never_drawn);
    RUN(with_no_legal_token_there_is_none);
    RUN(temperature_0_and_top_k_1_and_top_p_0_and_min_p_1_take_the_likeliest);
    RUN(of_equals_the_lowest_id_counts_as_likeliest);
    RUN(top_k_keeps_the_k_likeliest);
    RUN(min_p_keeps_what_is_likely_beside_the_likeliest);
    RUN(top_p_keeps_the_fewest_that_reach_p);
    RUN(top_p_is_of_what_top_k_and_min_p_left);
    RUN(the_cuts_are_made_at_the_temperature);
    RUN(tokens_come_as_often_as_they_are_likely);
    RUN(the_same_seed_draws_the_same_tokens);
    RUN(logits_that_are_no_numbers_still_give_a_legal_token);
    return test_end();
}
