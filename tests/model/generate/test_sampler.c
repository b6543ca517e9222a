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

// Returns which of 5 tokens occur in 4000 draws. Their probabilities are 1, 2, 4, 8, 16
// / 31.
static const real doubling[5] = {0.0f, 0.6931472f, 1.3862944f, 2.0794415f, 2.7725887f};

static void count_draws(int *counts, const Sampler *s, const bool *legal) {
    Rng rng = rng_new(4, 0);
    memset(counts, 0, 5 * sizeof *counts);
    for (int i = 0; i < 4000; i++) counts[sampler_draw(s, doubling, legal, 5, &rng)]++;
}

// Returns whether exactly the tokens from `lowest` on occur.
static bool comes_from(int lowest, const Sampler *s) {
    int counts[5];
    count_draws(counts, s, NULL);
    for (int i = 0; i < 5; i++)
        if ((counts[i] > 0) != (i >= lowest)) return false;
    return true;
}

TEST(top_k_keeps_the_k_likeliest) {
    for (int k = 1; k <= 7; k++)
        CHECK(comes_from(k < 5 ? 5 - k : 0, &(Sampler){1, 1, 0, k, {0}}));
    CHECK(comes_from(0, &(Sampler){1, 1, 0, 0, {0}}));
}

TEST(min_p_keeps_what_is_likely_beside_the_likeliest) {
    CHECK(comes_from(4, &(Sampler){1, 1, 0.51, 0, {0}}));
    CHECK(comes_from(3, &(Sampler){1, 1, 0.49, 0, {0}}));
    CHECK(comes_from(2, &(Sampler){1, 1, 0.24, 0, {0}}));
    CHECK(comes_from(0, &(Sampler){1, 1, 0.06, 0, {0}}));
}

TEST(top_p_keeps_the_fewest_that_reach_p) {
    CHECK(comes_from(4, &(Sampler){1, 0.51, 0, 0, {0}})); // 16/31 = 0.516
    CHECK(comes_from(3, &(Sampler){1, 0.52, 0, 0, {0}})); // 24/31 = 0.774
    CHECK(comes_from(2, &(Sampler){1, 0.78, 0, 0, {0}})); // 28/31 = 0.903
    CHECK(comes_from(1, &(Sampler){1, 0.91, 0, 0, {0}})); // 30/31 = 0.968
    CHECK(comes_from(0, &(Sampler){1, 0.97, 0, 0, {0}}));
}

TEST(top_p_is_of_what_top_k_and_min_p_left) {
    CHECK(comes_from(4, &(Sampler){1, 0.66, 0, 2, {0}})); // 16/24 = 0.667
    CHECK(comes_from(3, &(Sampler){1, 0.67, 0, 2, {0}}));
    CHECK(comes_from(4, &(Sampler){1, 0.66, 0.49, 0, {0}}));
}

TEST(the_cuts_are_made_at_the_temperature) {
    CHECK(comes_from(4, &(Sampler){0.5, 1, 0.26, 0, {0}})); // the second is 1/4 there
    CHECK(comes_from(3, &(Sampler){0.5, 1, 0.24, 0, {0}}));
    CHECK(comes_from(3, &(Sampler){2, 1, 0.7, 0, {0}})); // and 0.707 here
}

// Five standard deviations: a correct sampler fails once in a million.
TEST(tokens_come_as_often_as_they_are_likely) {
    const double temperatures[] = {0.5, 1, 2};
    const bool legal[5] = {true, true, false, true, true};
    for (int i = 0; i < 6; i++) {
        double temperature = temperatures[i / 2], total = 0;
        const bool *mask = i % 2 ? legal : NULL;
        int counts[5];
        count_draws(counts, &(Sampler){temperature, 1, 0, 0, {0}}, mask);
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

// --- within a range ---

// Computes the probability of each token by the formulas of sampler.h, as plain code.
static void plain(double *p, const Sampler *s, const real *logits, const bool *legal,
                  int count) {
    int order[V], n = 0;
    for (Token t = 0; t < count; t++) {
        p[t] = 0;
        if (legal[t]) order[n++] = t;
    }
    for (int i = 0; i < n; i++)
        for (int k = i; k > 0 && logits[order[k]] > logits[order[k - 1]]; k--) {
            int other = order[k];
            order[k] = order[k - 1], order[k - 1] = other;
        }
    if (s->top_k) n = MIN(n, s->top_k);
    double total = 0, sum = 0;
    for (int i = 0; i < n; i++) {
        p[order[i]] = exp((double)(logits[order[i]] - logits[order[0]]) /
                          s->temperature);
        if (p[order[i]] < s->min_p) p[order[i]] = 0;
        total += p[order[i]];
    }
    for (int i = 0; i < n; i++) {
        if (sum >= s->top_p * total) p[order[i]] = 0;
        sum += p[order[i]];
    }
    total = 0;
    for (Token t = 0; t < count; t++) total += p[t];
    for (Token t = 0; t < count; t++) p[t] /= total;
    // Probabilities change within the range only.
    const SamplerRange *r = &s->within;
    double P = 0, all = 0, reached = 0, kept = 0, q[V] = {0};
    for (Token t = r->first; t < r->end; t++) {
        P += p[t];
        q[t] = p[t] > 0 ? pow(p[t], 1 / r->temperature) : 0;
        all += q[t];
    }
    if (P <= 0) return;
    for (int i = 0; i < n; i++) {
        Token t = order[i];
        if (t < r->first || t >= r->end) continue;
        if (reached >= r->top_p * all) q[t] = 0;
        reached += q[t];
        kept += q[t];
    }
    for (Token t = r->first; t < r->end; t++) p[t] = P * q[t] / kept;
}

enum { KINDS = 12, DRAWS = 6000, FIRST = 3, END = 9 };

static Sampler sampler_within(Rng *rng) {
    Sampler s = random_sampler(rng);
    s.temperature += 0.3; // 0 leaves no choice
    s.top_k = rng_below(rng, 2) ? s.top_k + 4 : 0;
    s.top_p = 0.5 + s.top_p / 2;
    s.min_p /= 8;
    s.within = (SamplerRange){FIRST, END, 0.2 + 2 * rng_uniform(rng), 1};
    if (rng_below(rng, 3)) s.within.top_p = rng_uniform(rng);
    return s;
}

// Five standard deviations, as above.
TEST(within_a_range_tokens_come_as_the_plain_formula_says) {
    Rng rng = rng_new(7, 0);
    for (int i = 0; i < 60; i++) {
        real logits[KINDS];
        bool legal[KINDS];
        double p[KINDS];
        int counts[KINDS] = {0};
        for (int t = 0; t < KINDS; t++) {
            logits[t] = (real)(1.5 * rng_normal(&rng));
            legal[t] = rng_below(&rng, 6) > 0;
        }
        legal[i % KINDS] = true;
        Sampler s = sampler_within(&rng);
        plain(p, &s, logits, legal, KINDS);
        for (int k = 0; k < DRAWS; k++)
            counts[sampler_draw(&s, logits, legal, KINDS, &rng)]++;
        for (int t = 0; t < KINDS; t++) {
            CHECK(p[t] > 0 || counts[t] == 0);
            CHECK_NEAR((double)counts[t] / DRAWS, p[t],
                       5 * sqrt(fabs(p[t] * (1 - p[t])) / DRAWS) + 1e-9);
        }
    }
}

// Draws with the same seeds with and without the range's own settings. Tokens within
// the range must be equally frequent in total, and each other token by itself, apart
// from the differences of two samples.
TEST(a_choice_within_a_range_leaves_the_rest_as_likely_as_it_was) {
    Rng rng = rng_new(8, 0);
    for (int i = 0; i < 60; i++) {
        real logits[KINDS];
        bool legal[KINDS];
        double with[KINDS], without[KINDS], a = 0, b = 0;
        random_logits(logits, KINDS, &rng);
        for (int t = 0; t < KINDS; t++) legal[t] = true;
        Sampler s = sampler_within(&rng), other = s;
        other.within = (SamplerRange){0};
        int counts[2][2] = {{0}};
        for (int k = 0; k < DRAWS; k++) {
            Token t = sampler_draw(&s, logits, legal, KINDS, &rng);
            Token u = sampler_draw(&other, logits, legal, KINDS, &rng);
            counts[0][t >= FIRST && t < END]++;
            counts[1][u >= FIRST && u < END]++;
        }
        other.within = (SamplerRange){FIRST, END, 1, 1};
        plain(with, &s, logits, legal, KINDS);
        plain(without, &other, logits, legal, KINDS);
        for (int t = FIRST; t < END; t++) a += with[t], b += without[t];
        CHECK_NEAR(a, b, 1e-12);
        for (int k = 0; k < 2; k++)
            CHECK_NEAR((double)counts[k][1] / DRAWS, b,
                       5 * sqrt(fabs(b * (1 - b)) / DRAWS) + 1e-9);
    }
}

TEST(at_1_and_1_within_a_range_the_same_tokens_are_drawn_as_without_one) {
    Rng rng = rng_new(9, 0), a = rng_new(6, 0), b = rng_new(6, 0);
    for (int i = 0; i < TRIALS; i++) {
        real logits[V];
        random_logits(logits, V, &rng);
        Sampler s = random_sampler(&rng), usual = s;
        usual.within = (SamplerRange){3, 131, 1, 1};
        CHECK(sampler_draw(&s, logits, NULL, V, &a) ==
              sampler_draw(&usual, logits, NULL, V, &b));
    }
}

TEST(at_0_within_a_range_its_likeliest_has_all_of_what_is_the_range_s) {
    // The range 1, 2, 3 has 2, 4, 8 of 31: token 3 gets 14 of 31, and token 4 keeps 16.
    const Sampler sharp[] = {{1, 1, 0, 0, {1, 4, 0, 1}}, {1, 1, 0, 0, {1, 4, 1, 0}}};
    for (int i = 0; i < 2; i++) {
        int counts[5];
        count_draws(counts, &sharp[i], NULL);
        CHECK(counts[1] == 0 && counts[2] == 0);
        CHECK_NEAR(counts[3] / 4000.0, 14 / 31.0, 0.04);
        CHECK_NEAR(counts[4] / 4000.0, 16 / 31.0, 0.04);
    }
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
    RUN(within_a_range_tokens_come_as_the_plain_formula_says);
    RUN(a_choice_within_a_range_leaves_the_rest_as_likely_as_it_was);
    RUN(at_1_and_1_within_a_range_the_same_tokens_are_drawn_as_without_one);
    RUN(at_0_within_a_range_its_likeliest_has_all_of_what_is_the_range_s);
    return test_end();
}
