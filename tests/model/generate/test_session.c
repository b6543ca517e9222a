#include "tests/test.h"

#include "model/generate/cross_step.h"
#include "model/generate/session.h"
#include "model/layers/layers.h"
#include "model/perceiver.h"
#include "model/recall/chords.h"

#include <errno.h>
#include <stdlib.h>

// Replaces the C library's function: so many allocations succeed, then one fails. Below
// 0 all succeed.
static int until_lack = -1;

int posix_memalign(void **ret, size_t boundary, size_t size) {
    if (until_lack >= 0 && until_lack-- == 0) return ENOMEM;
    *ret = aligned_alloc(boundary, (size + boundary - 1) / boundary * boundary);
    return *ret ? 0 : ENOMEM;
}

#define TOLERANCE 1e-4

// The bound for the error of int8 weights and caches in logits with a deviation of 0.6.
// Each of the 8 (L + 1) + 2 maps and products adds an independent error of at most a
// 128th of its size; the bound is twice their sum in quadrature.
#define INT8_TOLERANCE 0.05

// With d 24 a head has 8 channels and rotates 4; N 8 and M 20 are soon exceeded.
static Model toy(void) {
    Model m = {.config = {17, 20, 8, 24, 3, 2, 20, .places = false}};
    Rng rng = rng_new(3, 3);
    parameters_new(&m.parameters, &m.config);
    for (size_t i = 0; i < m.parameters.count; i++)
        m.parameters.memory[i] = (real)(0.3 * rng_normal(&rng));
    return m;
}

// The same model with gates, values and a soft cap, recall of seven ids before its last
// layer, and chords.
static Model recalling(void) {
    Model plain = toy(), m = {.config = plain.config};
    m.config.recall_heads = 3, m.config.recall_layer = 1;
    m.config.recall_first = 5, m.config.recall_end = 12;
    m.config.chord_steps = 2, m.config.time_first = 12, m.config.time_end = 15;
    m.config.gates = m.config.values = 1;
    m.config.logit_cap = 2;
    Rng rng = rng_new(9, 3);
    parameters_new(&m.parameters, &m.config);
    for (size_t i = 0; i < m.parameters.count; i++)
        m.parameters.memory[i] = (real)(0.3 * rng_normal(&rng));
    for (int i = 0; i < CHORD_LENGTHS * CHORD_LEFT; i++)
        m.parameters.recall.chords[i] *= (real)3 / CHORD_SCALE;
    parameters_take(&m.parameters, &m.config, &plain.parameters, &plain.config);
    model_free(&plain);
    return m;
}

static void random_tokens(Token *tokens, int count, uint64_t seed) {
    Rng rng = rng_new(seed, 5);
    for (int i = 0; i < count; i++) tokens[i] = (Token)rng_below(&rng, 17);
}

static double difference(const real *a, const real *b) {
    double most = 0;
    for (int v = 0; v < 17; v++) {
        double d = fabs((double)a[v] - (double)b[v]);
        if (!(d <= most)) most = isnan(d) ? HUGE_VAL : d;
    }
    return most;
}

// Returns the logits after `count` tokens, with the last `latents` positions as
// latents, computed by the training path.
static void uncached(real *ret, const Model *m, const Token *tokens, int count,
                     int latents) {
    int positions[256];
    for (int i = 0; i < count; i++) positions[i] = i;
    Perceiver *net = perceiver_new(&m->config, NULL, count, latents);
    Inputs in = {.tokens = tokens,
                 .positions = positions,
                 .keys = count,
                 .n = latents,
                 .span = m->config.context};
    const real *logits = perceiver_forward(net, &m->parameters, &in, (Dropout){0});
    memcpy(ret, logits + (size_t)(latents - 1) * 17, 17 * sizeof *ret);
    perceiver_free(net);
}

static void check_cached_steps(Model m) {
    Weights *w = weights_new(&m, false);
    Token tokens[20];
    random_tokens(tokens, 20, 1);
    Session *s = session_new(w, NULL);
    // A prompt of 10 begins a run of 4 latents; each token adds one up to N = 8; the
    // token after that begins a new run with 4.
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

TEST(a_cached_step_equals_the_uncached_forward) {
    check_cached_steps(toy());
    check_cached_steps(recalling());
}

TEST(a_cached_step_knows_its_place_where_the_model_does) {
    Model m = toy();
    m.config.places = true;
    check_cached_steps(m);
}

// There are so few rows that int8 is always used. So the contents of a cache do not
// depend on how they were computed, and the tolerance is that of floats.
static void check_run_begun_anew(Model m, bool int8) {
    Weights *w = weights_new(&m, int8);
    Token tokens[200];
    random_tokens(tokens, 200, 2);
    Session *one = session_new(w, NULL);
    for (int n = 100; n <= 200; n++) {
        const real *got = session_sync(one, tokens, n);
        if ((n - 100) % 5 != 0) continue; // a run begins here: 4 latents, then 5 .. 8
        Session *fresh = session_new(w, NULL);
        CHECK_NEAR(difference(got, session_sync(fresh, tokens, n)), 0, TOLERANCE);
        session_free(fresh);
    }
    session_free(one);
    weights_free(w);
    model_free(&m);
}

TEST(a_run_begun_anew_forgets_nothing_but_latents) {
    check_run_begun_anew(toy(), false);
    check_run_begun_anew(recalling(), false);
}

TEST(a_run_begun_anew_in_int8_forgets_nothing_but_latents) {
    check_run_begun_anew(toy(), true);
    check_run_begun_anew(recalling(), true);
}

// Returns how near `got` is to the training path with the best number of latents from
// N/2 to N, or with all.
static double nearest(const real *got, const Model *m, const Token *tokens, int count) {
    double best = HUGE_VAL;
    int N = m->config.latents;
    for (int n = MIN(count, MAX(1, N / 2)); n <= MIN(count, N); n++) {
        real want[17];
        uncached(want, m, tokens, count, n);
        best = MIN(best, difference(got, want));
    }
    return best;
}

// A timeline as a player makes it: it grows by one or several tokens, goes back, and
// continues differently, near its end or far from it.
static int walk(Token *tokens, int count, int room, Rng *rng) {
    uint32_t what = rng_below(rng, 10);
    int back = (int)rng_below(rng, what % 2 ? 8 : (uint32_t)count);
    back = MIN(back, count - 1);
    if (what < 2) count -= back;
    if (what == 2 || what == 3) tokens[count - 1 - back] = (Token)rng_below(rng, 17);
    int more = what > 6 ? 1 : (int)rng_below(rng, 14);
    for (; more > 0 && count < room; more--)
        tokens[count++] = (Token)rng_below(rng, 17);
    return count;
}

static void check_any_way(Model (*model)(void)) {
    static const int shapes[][2] = {{8, 20}, {7, 20}, {9, 9},
                                    {2, 5},  {1, 20}, {40, 70}}; // N, M
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        Model m = model();
        m.config.latents = shapes[i][0], m.config.context = shapes[i][1];
        Weights *w = weights_new(&m, false);
        Session *s = session_new(w, NULL);
        Rng rng = rng_new(i, 17);
        Token tokens[120] = {2};
        for (int step = 0, count = 1; step < (SANITIZED ? 40 : 200); step++) {
            double off = nearest(session_sync(s, tokens, count), &m, tokens, count);
            if (!(off <= TOLERANCE))
                fprintf(stderr, "N %d, step %d, %d tokens\n", shapes[i][0], step,
                        count);
            CHECK_NEAR(off, 0, TOLERANCE);
            count = walk(tokens, count, 120, &rng);
        }
        session_free(s);
        weights_free(w);
        model_free(&m);
    }
}

TEST(whatever_way_a_timeline_went_its_logits_are_of_half_a_run_or_more) {
    check_any_way(toy);
}

TEST(what_is_recalled_is_the_same_whatever_way_a_timeline_went) {
    check_any_way(recalling);
}

static void check_int8(Model (*model)(void)) {
    // With N 64, runs begin with more rows than use int8 weights.
    for (int N = 8; N <= 64; N *= 8) {
        Model m = model();
        m.config.latents = N, m.config.context = 3 * N;
        Weights *exact = weights_new(&m, false), *int8 = weights_new(&m, true);
        double most = 0;
        for (uint64_t seed = 0; seed < 4; seed++) {
            Rng rng = rng_new(seed, 18);
            Session *a = session_new(exact, NULL), *b = session_new(int8, NULL);
            Token tokens[600];
            int count = 1;
            tokens[0] = 2;
            for (int step = 0; step < (SANITIZED ? 60 : 300); step++) {
                count = walk(tokens, count, 600, &rng);
                double off = difference(session_sync(a, tokens, count),
                                        session_sync(b, tokens, count));
                CHECK_NEAR(off, 0, INT8_TOLERANCE);
                most = fmax(most, off);
            }
            session_free(a);
            session_free(b);
        }
        CHECK(most > 1e-4); // otherwise int8 was not used
        weights_free(exact);
        weights_free(int8);
        model_free(&m);
    }
}

TEST(an_int8_session_goes_with_the_exact_one_whatever_way) {
    check_int8(toy);
    check_int8(recalling);
}

static int by_size(const void *a, const void *b) {
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return (x > y) - (x < y);
}

// The quickest of three tries counts for each token, so that other programs have no
// effect. Beginning a run at once would take the work of N/2 = 256 latents. Instead the
// next run grows beside this one, at twice the work of one.
TEST(no_token_waits_for_a_run_to_begin) {
    Model m = toy();
    m.config.latents = 512, m.config.context = 1024;
    Weights *w = weights_new(&m, true);
    enum { FIRST = 600, STEPS = 800 };
    Token tokens[FIRST + STEPS];
    gint64 took[STEPS], sorted[STEPS];
    random_tokens(tokens, FIRST + STEPS, 8);
    for (int try = 0; try < 3; try++) {
        Session *s = session_new(w, NULL);
        session_sync(s, tokens, FIRST);
        for (int i = 0; i < STEPS; i++) {
            gint64 start = g_get_monotonic_time();
            session_sync(s, tokens, FIRST + i + 1);
            gint64 now = g_get_monotonic_time() - start;
            took[i] = try ? MIN(took[i], now) : now;
        }
        session_free(s);
    }
    memcpy(sorted, took, sizeof took);
    qsort(sorted, STEPS, sizeof *sorted, by_size);
    CHECK(sorted[STEPS - 1] <= 20 * sorted[STEPS / 2] + 20);
    weights_free(w);
    model_free(&m);
}

static void check_newest(Model m) {
    Weights *w = weights_new(&m, false);
    Token a[60], b[60];
    random_tokens(a, 60, 3);
    memcpy(b, a, sizeof a);
    // The run's first latent is at 56 and attends to the inputs from 56 - 20 + 1 on.
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

TEST(only_the_newest_inputs_of_the_context_are_read) {
    check_newest(toy());
    check_newest(recalling());
}

static void sync_share(void *data, int begin, int end) {
    session_sync_all((SessionStep *)data + begin, end - begin);
}

// Takes of one prompt that continue differently, one or two tokens at a time. One of
// them is restarted with another piece meanwhile.
static void check_together(Model m, bool int8, int takes, int threads) {
    enum { MOST = 15, PROMPT = 21, END = 60 };
    Weights *w = weights_new(&m, int8);
    Pool *pool = pool_new(threads);
    Session *alone[MOST], *together[MOST];
    SessionStep steps[MOST];
    static Token tokens[MOST][END];
    Rng rng = rng_new(4, 4);
    for (int i = 0; i < takes; i++) {
        random_tokens(tokens[i], END, 30 + (uint64_t)i);
        memcpy(tokens[i], tokens[0], PROMPT * sizeof(Token));
        alone[i] = session_new(w, pool);
        together[i] = i == 0 ? session_new(w, pool) : session_fork(together[0]);
        if (i == 0) session_sync(together[0], tokens[0], PROMPT);
        steps[i] = (SessionStep){together[i], tokens[i], PROMPT, NULL};
    }
    for (bool going = true; going;) {
        session_share_out(pool, together, takes, sync_share, steps);
        bool same = true;
        for (int i = 0; i < takes; i++)
            same &= memcmp(session_sync(alone[i], tokens[i], steps[i].count),
                           steps[i].logits, 17 * sizeof(real)) == 0;
        CHECK(same);
        going = false;
        for (int i = 0; i < takes; i++) {
            if (i == 1 && steps[i].count == 40) tokens[i][3] = (tokens[i][3] + 1) % 17;
            steps[i].count += (int)rng_below(&rng, 3);
            if (steps[i].count > END) steps[i].count = END;
            going |= steps[i].count < END;
        }
    }
    for (int i = 0; i < takes; i++) session_free(together[i]), session_free(alone[i]);
    pool_free(pool);
    weights_free(w);
    model_free(&m);
}

TEST(takes_that_step_together_are_each_what_it_is_alone_to_the_bit) {
    check_together(toy(), true, 8, 1);
    check_together(toy(), true, 15, 1); // more than fit into one pass
    check_together(toy(), true, 8, 3);  // some on each thread
    check_together(toy(), true, 3, 3);
    check_together(toy(), true, 2, 4); // all threads for all
    check_together(toy(), false, 3, 2);
    check_together(recalling(), true, 5, 2);
}

TEST(a_fork_goes_on_as_its_session_would_and_each_may_be_freed_first) {
    Model m = recalling();
    Weights *w = weights_new(&m, true);
    Token tokens[40], turn[40];
    random_tokens(tokens, 40, 7);
    memcpy(turn, tokens, sizeof turn);
    turn[30] = (turn[30] + 1) % 17;
    Session *s = session_new(w, NULL), *never = session_new(w, NULL);
    session_sync(s, tokens, 30);
    session_sync(never, tokens, 30);
    Session *fork = session_fork(s);
    session_sync(s, turn, 40);
    session_free(s);
    real got[17];
    memcpy(got, session_sync(fork, tokens, 40), sizeof got);
    CHECK(memcmp(got, session_sync(never, tokens, 40), sizeof got) == 0);
    session_free(fork);
    session_free(never);
    weights_free(w);
    model_free(&m);
}

static void nothing(void *data, int begin, int end) {}

TEST(with_another_pool_a_session_goes_on_as_it_would_have) {
    Model m = recalling();
    Weights *w = weights_new(&m, true);
    Pool *first = pool_new(1), *second = pool_new(2);
    Token tokens[40];
    random_tokens(tokens, 40, 7);
    Session *s = session_new(w, first), *never = session_new(w, second);
    session_sync(s, tokens, 30);
    session_sync(never, tokens, 30);
    session_share_out(second, &s, 1, nothing, NULL);
    pool_free(first);
    for (int count = 31; count <= 40; count++) {
        real got[17];
        memcpy(got, session_sync(s, tokens, count), sizeof got);
        CHECK(memcmp(got, session_sync(never, tokens, count), sizeof got) == 0);
    }
    session_free(s);
    session_free(never);
    pool_free(second);
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

TEST(what_a_latent_listens_to_is_what_it_reads) {
    Config c = {17, 300, 8,   12,
                1,  1,   300, .places = false}; // one head: its weights are the mean
    Rng rng = rng_new(4, 4);
    real kinds_k[17 * 12], kinds_v[17 * 12], q[12], o[12], weights[300];
    for (int i = 0; i < 17 * 12; i++) {
        kinds_k[i] = (real)rng_normal(&rng);
        kinds_v[i] = (real)rng_normal(&rng);
    }
    Token tokens[300];
    random_tokens(tokens, 300, 9);
    Rotary rotary = rotary_new(&c, 308);
    CrossKinds *kinds = cross_kinds_new(kinds_k, kinds_v, &rotary, &c, false);
    CrossStep *step = cross_step_new(kinds);
    for (int keys = 1; keys <= 300; keys += 37) {
        for (int i = 0; i < 12; i++) q[i] = (real)rng_normal(&rng);
        cross_step(step, NULL, o, q, tokens, keys);
        cross_step_weights(step, weights, q, tokens, keys);
        for (int d = 0; d < 12; d++) {
            double want = 0;
            for (int k = 0; k < keys; k++)
                want += (double)(weights[k] * kinds_v[tokens[k] * 12 + d]);
            CHECK_NEAR((double)o[d], want, TOLERANCE);
        }
    }
    cross_step_free(step);
    cross_kinds_free(kinds);
    rotary_free(&rotary);
}

TEST(a_look_at_what_it_listens_to_changes_no_logits) {
    Model m = toy();
    Weights *w = weights_new(&m, true);
    Token tokens[60];
    random_tokens(tokens, 60, 6);
    Session *looked_at = session_new(w, NULL), *other = session_new(w, NULL);
    real weights[20];
    CHECK(session_attention(looked_at, weights) == 0);
    for (int n = 3; n <= 60; n++) {
        const real *a = session_sync(looked_at, tokens, n);
        CHECK_NEAR(difference(a, session_sync(other, tokens, n)), 0, 0);
        double sum = 0;
        int keys = session_attention(looked_at, weights);
        CHECK(keys == (n < 20 ? n : 20));
        for (int k = 0; k < keys; k++) sum += (double)weights[k];
        CHECK_NEAR(sum, 1, TOLERANCE);
        CHECK(session_latents(looked_at) >= (n < 4 ? n : 4) &&
              session_latents(looked_at) <= 8);
    }
    session_free(looked_at);
    session_free(other);
    weights_free(w);
    model_free(&m);
}

TEST(a_look_that_there_is_no_memory_for_comes_to_nothing) {
    Model m = toy();
    Weights *w = weights_new(&m, true);
    Token tokens[30];
    random_tokens(tokens, 30, 7);
    Session *s = session_new(w, NULL);
    session_sync(s, tokens, 30);
    real weights[20];
    int failed = 0;
    for (int k = 0; k < 10; k++) {
        until_lack = k;
        int keys = session_attention(s, weights);
        CHECK(keys == (until_lack < 0 ? 0 : 20));
        failed += keys == 0;
    }
    until_lack = -1;
    CHECK(failed > 0 && failed < 10 && session_attention(s, weights) == 20);
    session_free(s);
    weights_free(w);
    model_free(&m);
}

// --- closeness ---

static void scale(real *table, size_t rows, double times) {
    for (size_t i = 0; i < rows * 3 * 24; i++) table[i] *= (real)times;
}

// The model with the output of recall multiplied by the closeness.
static Model closer(double times) {
    Model m = recalling();
    Recall *r = &m.parameters.recall;
    scale(r->next, 7, times);
    scale(r->after, 17, times);
    scale(r->before, 17, times);
    for (int i = 0; i < CHORD_LENGTHS * CHORD_LEFT; i++) r->chords[i] *= (real)times;
    return m;
}

TEST(closeness_is_as_if_so_much_more_were_read_of_what_is_recalled) {
    const double times[] = {0, 0.5, 2, 3};
    Model m = recalling();
    Weights *w = weights_new(&m, false);
    Session *one = session_new(w, NULL), *as_trained = session_new(w, NULL);
    Token tokens[60];
    random_tokens(tokens, 60, 1);
    for (int i = 0; i < 4; i++) {
        Model other = closer(times[i]);
        Weights *others = weights_new(&other, false);
        Session *want = session_new(others, NULL);
        // A session with a larger closeness before, in the middle of a timeline.
        session_set_closeness(one, times[i]);
        double apart = 0;
        for (int n = 1; n <= 60; n += 1 + n / 9) {
            const real *got = session_sync(one, tokens, n);
            CHECK(difference(got, session_sync(want, tokens, n)) < TOLERANCE);
            apart = MAX(apart, difference(got, session_sync(as_trained, tokens, n)));
        }
        CHECK(apart > 100 * TOLERANCE);
        session_set_closeness(one, 1);
        const real *got = session_sync(one, tokens, 40);
        CHECK(difference(got, session_sync(as_trained, tokens, 40)) < TOLERANCE);
        session_free(want);
        weights_free(others);
        model_free(&other);
    }
    session_free(one);
    session_free(as_trained);
    weights_free(w);
    model_free(&m);
}

TEST(a_fork_is_as_close_and_forks_of_one_prompt_may_differ_in_it) {
    Model m = recalling();
    Weights *w = weights_new(&m, true);
    const double closeness[] = {1, 3, 3, 0};
    Session *alone[4], *forks[4];
    Token tokens[40];
    random_tokens(tokens, 40, 3);
    alone[0] = session_new(w, NULL);
    forks[0] = session_new(w, NULL);
    for (int i = 1; i < 4; i++) {
        alone[i] = session_new(w, NULL);
        forks[i] = session_fork(forks[i - 1]);
        session_set_closeness(alone[i], closeness[i]);
        if (i != 2) session_set_closeness(forks[i], closeness[i]); // it has its own
    }
    for (int n = 30; n <= 40; n++) {
        SessionStep steps[4];
        for (int i = 0; i < 4; i++) steps[i] = (SessionStep){forks[i], tokens, n, NULL};
        session_sync_all(steps, 4);
        for (int i = 0; i < 4; i++)
            CHECK(difference(steps[i].logits, session_sync(alone[i], tokens, n)) == 0);
    }
    for (int i = 0; i < 4; i++) session_free(alone[i]);
    for (int i = 0; i < 4; i++) session_free(forks[i]);
    weights_free(w);
    model_free(&m);
}

TEST(a_model_without_recall_knows_no_closeness) {
    Model m = toy();
    Weights *w = weights_new(&m, true);
    Session *one = session_new(w, NULL), *other = session_new(w, NULL);
    Token tokens[30];
    random_tokens(tokens, 30, 2);
    for (int n = 1; n <= 30; n++) {
        session_set_closeness(one, n);
        CHECK(difference(session_sync(one, tokens, n),
                         session_sync(other, tokens, n)) == 0);
    }
    session_free(one);
    session_free(other);
    weights_free(w);
    model_free(&m);
}

// Computes the mean over the heads in double, by the equation of recall.h.
static void plain_recall(double *ret, const Token *t, int keys, const Model *m) {
    const Config *c = &m->config;
    const Recall *r = &m->parameters.recall;
    int place[300], E = 0;
    for (int i = 0; i < keys; i++) {
        ret[i] = 0;
        if (t[i] >= c->recall_first && t[i] < c->recall_end) place[E++] = i;
    }
    for (int h = 0; h < c->recall_heads; h++) {
        double s[300], sum = exp((double)r->sink[h]);
        for (int e = 1; e < E; e++) {
            const real *lags = r->lags + h * RECALL_LAGS;
            double score = 0;
            for (int a = 1; a <= RECALL_STEPS && a < e; a++)
                if (t[place[E - a]] - t[place[E - a - 1]] ==
                    t[place[e - a]] - t[place[e - a - 1]])
                    score += (double)lags[a - 1];
            for (int a = 1; a <= RECALL_IDS && a <= e; a++)
                if (t[place[E - a]] == t[place[e - a]])
                    score += (double)lags[RECALL_STEPS + a - 1];
            sum += s[e] = exp(score);
        }
        for (int e = 1; e < E; e++) ret[place[e]] += s[e] / sum / c->recall_heads;
    }
}

TEST(what_is_recalled_can_be_looked_at_and_changes_no_logits) {
    Model m = recalling(), plain = toy();
    Weights *w = weights_new(&m, true), *without = weights_new(&plain, true);
    Token tokens[60];
    random_tokens(tokens, 60, 6);
    Session *looked_at = session_new(w, NULL), *other = session_new(w, NULL),
            *none = session_new(without, NULL);
    real weights[20];
    CHECK(session_recall(looked_at, weights) == 0);
    session_sync(none, tokens, 30);
    CHECK(session_recall(none, weights) == 0);
    for (int n = 3; n <= 60; n++) {
        const real *a = session_sync(looked_at, tokens, n);
        CHECK_NEAR(difference(a, session_sync(other, tokens, n)), 0, 0);
        double want[20];
        int keys = session_recall(looked_at, weights);
        CHECK(keys == MIN(n, 20));
        plain_recall(want, tokens + n - keys, keys, &m);
        for (int k = 0; k < keys; k++) CHECK_NEAR((double)weights[k], want[k], 1e-5);
    }
    session_free(looked_at);
    session_free(other);
    session_free(none);
    weights_free(w);
    weights_free(without);
    model_free(&m);
    model_free(&plain);
}

// Both ways use the same runs, so the tolerance is that of floats.
static void check_scores(Model m) {
    Weights *w = weights_new(&m, false);
    Session *one = session_new(w, NULL), *other = session_new(w, NULL);
    Token tokens[200];
    random_tokens(tokens, 200, 12);
    for (int from = 1; from < 60; from += 7) {
        double nats[200], unused;
        int count = from + 1 + from % 40 * 3;
        session_score(one, tokens, from, count, nats);
        for (int i = from; i < count; i++) {
            real logits[17];
            memcpy(logits, session_sync(other, tokens, i), sizeof logits);
            double want = loss_forward_backward(NULL, &unused, logits, tokens + i, 0, 0,
                                                0, 1, 17);
            CHECK_NEAR(nats[i - from], want, TOLERANCE);
        }
        // The timeline ends where the last of them would follow.
        CHECK_NEAR(difference(session_sync(one, tokens, count - 1),
                              session_sync(other, tokens, count - 1)),
                   0, TOLERANCE);
    }
    session_free(one);
    session_free(other);
    weights_free(w);
    model_free(&m);
}

TEST(tokens_scored_together_are_as_likely_as_one_by_one) {
    check_scores(toy());
    check_scores(recalling());
}

int main(void) {
    RUN(what_a_latent_listens_to_is_what_it_reads);
    RUN(a_look_at_what_it_listens_to_changes_no_logits);
    RUN(a_look_that_there_is_no_memory_for_comes_to_nothing);
    RUN(a_cached_step_equals_the_uncached_forward);
    RUN(a_cached_step_knows_its_place_where_the_model_does);
    RUN(a_run_begun_anew_forgets_nothing_but_latents);
    RUN(a_run_begun_anew_in_int8_forgets_nothing_but_latents);
    RUN(whatever_way_a_timeline_went_its_logits_are_of_half_a_run_or_more);
    RUN(what_is_recalled_is_the_same_whatever_way_a_timeline_went);
    RUN(an_int8_session_goes_with_the_exact_one_whatever_way);
    RUN(no_token_waits_for_a_run_to_begin);
    RUN(only_the_newest_inputs_of_the_context_are_read);
    RUN(takes_that_step_together_are_each_what_it_is_alone_to_the_bit);
    RUN(a_fork_goes_on_as_its_session_would_and_each_may_be_freed_first);
    RUN(with_another_pool_a_session_goes_on_as_it_would_have);
    RUN(syncing_the_same_prefix_again_changes_nothing);
    RUN(going_back_and_taking_another_turn_equals_having_gone_there_at_once);
    RUN(one_token_is_a_prefix);
    RUN(tokens_scored_together_are_as_likely_as_one_by_one);
    RUN(closeness_is_as_if_so_much_more_were_read_of_what_is_recalled);
    RUN(a_fork_is_as_close_and_forks_of_one_prompt_may_differ_in_it);
    RUN(a_model_without_recall_knows_no_closeness);
    RUN(what_is_recalled_can_be_looked_at_and_changes_no_logits);
    return test_end();
}
