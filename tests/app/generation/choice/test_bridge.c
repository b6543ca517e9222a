#include "app/desktop/writing/bridging.h"
#include "app/generation/choice/bridge.h"
#include "app/generation/choice/choice.h"
#include "app/generation/ending.h"
#include "tests/test.h"
#include "tests/tiny_model.h"

enum { SECOND = 1000000, PIECES = 8 };

static Model model;
static Weights *weights;
static int stop;

// Makes random notes and pedal over twelve seconds, at any microsecond.
static Performance random_performance(Rng *rng) {
    Performance p = {0};
    for (int i = 0; i < 60; i++) {
        int64_t onset = rng_below(rng, 12 * SECOND);
        performance_add_note(&p, (Note){onset, onset + rng_below(rng, 3 * SECOND),
                                        (uint8_t)(40 + rng_below(rng, 40)),
                                        (uint8_t)(1 + rng_below(rng, 127))});
    }
    for (int i = 0; i < 16; i++)
        performance_add_pedal(&p, rng_below(rng, 12 * SECOND),
                              (uint8_t)rng_below(rng, 128));
    for (int i = 0; i < 16; i++)
        performance_move_pedal(&p, rng_below(rng, 12 * SECOND),
                               i % 2 ? PEDAL_SOFT : PEDAL_SOSTENUTO,
                               (uint8_t)rng_below(rng, 128));
    performance_finish(&p);
    return p;
}

static Choice choice_of(const Prompt *prompt, const Bridge *bridge, Plan plan,
                        int count) {
    return (Choice){.weights = weights,
                    .kind = TOKENIZER_PEDAL,
                    .prompt = prompt,
                    .bridge = bridge,
                    .plan = plan,
                    .count = count,
                    .stop = &stop};
}

static Plan plan_of(int64_t steps) {
    return (Plan){
        .sampler = continuation_sampler, .seed = 5, .steps = steps, .closeness = 1};
}

static int pedal_at(const Performance *p, int64_t time) {
    int value = 0;
    for (size_t i = 0; i < p->pedal_count && p->pedal[i].time <= time; i++)
        value = p->pedal[i].value;
    return value;
}

static int move_at(const Performance *p, Pedal pedal, int64_t time) {
    int value = 0;
    for (size_t i = 0; i < p->move_count && p->moves[i].time <= time; i++)
        if (p->moves[i].pedal == pedal) value = p->moves[i].value;
    return value;
}

static bool has_note(const Performance *p, Note n) {
    for (size_t i = 0; i < p->note_count; i++)
        if (memcmp(&p->notes[i], &n, sizeof n) == 0) return true;
    return false;
}

// Returns when the pianist released a key that was down across `time`, or `time`.
static int64_t held_to(const Performance *p, int pitch, int64_t time) {
    for (size_t i = 0; i < p->note_count; i++)
        if (p->notes[i].pitch == pitch && p->notes[i].onset < time &&
            p->notes[i].release > time)
            return p->notes[i].release;
    return time;
}

static void check_join(const Performance *p, const Performance *joined, int64_t from,
                       int64_t until) {
    for (size_t i = 0; i < p->note_count; i++) {
        const Note *n = &p->notes[i];
        if (n->onset >= until || n->release <= from) CHECK(has_note(joined, *n));
    }
    for (size_t i = 0; i < joined->note_count; i++) {
        const Note *n = &joined->notes[i];
        if (n->onset >= until) CHECK(has_note(p, *n));
        if (n->onset < until && n->release > until)
            CHECK(n->release <= held_to(p, n->pitch, until));
    }
    for (int64_t time = until; time < 13 * SECOND; time += SECOND / 8) {
        CHECK(pedal_at(p, time) == pedal_at(joined, time));
        for (Pedal pedal = PEDAL_SOSTENUTO; pedal < PEDALS; pedal++)
            CHECK(move_at(p, pedal, time) == move_at(joined, pedal, time));
    }
}

TEST(around_a_bridge_the_piece_stays_as_it_was_and_nothing_rings_over_the_join) {
    Rng rng = rng_new(3, 0);
    for (int i = 0; i < PIECES; i++) {
        Performance p = random_performance(&rng), joined = {0};
        int64_t from = SECOND + rng_below(&rng, 4 * SECOND);
        int64_t until = from + SECOND / 4 + rng_below(&rng, 4 * SECOND);
        Bridge b;
        CHECK(bridge_cut(&b, &p, TOKENIZER_PEDAL, from, until, NULL));
        Choice choice = choice_of(&b.prompt, &b, plan_of(bridge_steps(&b)), 2);
        GPtrArray *takes = choice_make(&choice, NULL);
        for (guint t = 0; t < takes->len; t++) {
            const ChoiceTake *take = takes->pdata[t];
            CHECK_NEAR(take->seconds, (double)(until - from) / 1e6, 0.02);
            bridge_join(&joined, &b, &g_array_index(take->tokens, Token, 0),
                        take->tokens->len);
            check_join(&p, &joined, from, until);
        }
        bridge_join(&joined, &b, NULL, 0);
        check_join(&p, &joined, from, until);
        g_ptr_array_unref(takes);
        performance_clear(&joined);
        performance_clear(&p);
        bridge_clear(&b);
    }
}

TEST(a_bridge_needs_a_length_and_something_to_lead_to) {
    Rng rng = rng_new(4, 0);
    Performance p = random_performance(&rng);
    const int64_t spans[][2] = {
        {5 * SECOND, 5 * SECOND}, {5 * SECOND, 2 * SECOND}, {5 * SECOND, 100 * SECOND}};
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        Bridge b;
        GError *error = NULL;
        CHECK(!bridge_cut(&b, &p, TOKENIZER_PEDAL, spans[i][0], spans[i][1], &error));
        CHECK(error && error->message);
        g_clear_error(&error);
    }
    performance_clear(&p);
}

// If every token is equally likely, each scored token costs log V. Scored are a
// velocity, two notes with the time between them, and then the tokens that end them,
// but not the release of the key that the take left down.
TEST(what_follows_is_scored_and_nothing_that_was_before) {
    Model even;
    tiny_model(&even, TOKENIZER_PEDAL, 1);
    memset(even.parameters.head.weight, 0,
           (size_t)even.config.vocabulary * (size_t)even.config.width * sizeof(real));
    Weights *w = weights_new(&even, false);
    Session *s = session_new(w, NULL);
    Performance p = {0};
    performance_add_note(&p, (Note){0, 300000, 50, 63});
    performance_add_note(&p, (Note){1000000, 2300000, 60, 63});
    performance_add_note(&p, (Note){2000000, 2200000, 64, 83});
    performance_add_note(&p, (Note){2500000, 2800000, 65, 83});
    performance_finish(&p);
    Bridge b;
    CHECK(bridge_cut(&b, &p, TOKENIZER_PEDAL, 500000, 2000000, NULL));
    // VELOCITY ON SHIFT OFF SHIFT (off 60) SHIFT ON SHIFT OFF EOS: ten of them.
    BridgeScore played = bridge_score(&b, s, &p);
    CHECK_NEAR(played.nats, 10 * log(VOCABULARY_PEDAL) / 2, 1e-3);
    CHECK_NEAR(played.pitches, log(VOCABULARY_PEDAL), 1e-3); // the two NOTE_ONs
    // With silence the release is not scored either; its time shift across the join is
    // later.
    Performance joined = {0};
    bridge_join(&joined, &b, NULL, 0);
    BridgeScore silent = bridge_score(&b, s, &joined);
    CHECK_NEAR(silent.nats, 9 * log(VOCABULARY_PEDAL) / 2, 1e-3);
    performance_clear(&joined);
    performance_clear(&p);
    bridge_clear(&b);
    session_free(s);
    weights_free(w);
    model_free(&even);
}

TEST(of_several_takes_the_likeliest_comes_first_and_each_is_that_of_its_seed) {
    Rng rng = rng_new(6, 0);
    Performance p = random_performance(&rng);
    Bridge b;
    CHECK(bridge_cut(&b, &p, TOKENIZER_PEDAL, 4 * SECOND, 6 * SECOND, NULL));
    Choice choice = choice_of(&b.prompt, &b, plan_of(bridge_steps(&b)), 5);
    GPtrArray *takes = choice_make(&choice, NULL);
    CHECK(takes->len == 5);
    int seeds = 0;
    for (guint i = 0; i < takes->len; i++) {
        const ChoiceTake *take = takes->pdata[i];
        if (i > 0) CHECK(((ChoiceTake *)takes->pdata[i - 1])->nats <= take->nats);
        seeds |= 1 << (take->seed - 5);
    }
    CHECK(seeds == 31);
    const ChoiceTake *best = takes->pdata[0];
    choice.plan.seed = best->seed;
    choice.count = 1;
    GPtrArray *alone = choice_make(&choice, NULL);
    const ChoiceTake *same = alone->pdata[0];
    CHECK(same->tokens->len == best->tokens->len &&
          memcmp(same->tokens->data, best->tokens->data,
                 best->tokens->len * sizeof(Token)) == 0);
    CHECK_NEAR(same->nats, best->nats, 1e-4);
    g_ptr_array_unref(alone);
    g_ptr_array_unref(takes);
    stop = 1;
    GError *error = NULL;
    CHECK(!choice_make(&choice, &error) && error);
    g_clear_error(&error);
    stop = 0;
    bridge_clear(&b);
    performance_clear(&p);
}

static int enough;

static void give_up(void *data, double done) {
    double *before = data;
    CHECK(done >= *before && done <= 1);
    *before = done;
    if (done > .3) enough = 2;
}

TEST(takes_that_are_given_up_leave_the_first_as_they_are) {
    Rng rng = rng_new(6, 0);
    Performance p = random_performance(&rng);
    Bridge b;
    double done = 0;
    CHECK(bridge_cut(&b, &p, TOKENIZER_PEDAL, 4 * SECOND, 6 * SECOND, NULL));
    Choice choice = choice_of(&b.prompt, &b, plan_of(bridge_steps(&b)), 2);
    GPtrArray *two = choice_make(&choice, NULL);
    enough = choice.count = 11; // more than are made at a time
    choice.enough = &enough;
    choice.report = give_up;
    choice.data = &done;
    GPtrArray *kept = choice_make(&choice, NULL);
    CHECK(two->len == 2 && kept->len == 2);
    for (guint i = 0; i < MIN(kept->len, 2); i++) {
        const ChoiceTake *x = two->pdata[i], *y = kept->pdata[i];
        CHECK(x->seed == y->seed && x->tokens->len == y->tokens->len &&
              memcmp(x->tokens->data, y->tokens->data,
                     x->tokens->len * sizeof(Token)) == 0);
    }
    g_ptr_array_unref(kept);
    g_ptr_array_unref(two);
    bridge_clear(&b);
    performance_clear(&p);
}

TEST(a_slow_machine_makes_fewer_takes_and_none_only_if_one_takes_too_long) {
    CHECK(bridging_affords(8, BRIDGING_PATIENCE) == 8);
    CHECK(bridging_affords(8, BRIDGING_PATIENCE + 1) == 7);
    CHECK(bridging_affords(8, 2 * BRIDGING_PATIENCE) == 4);
    CHECK(bridging_affords(8, 1000 * BRIDGING_PATIENCE) == 1);
    CHECK(bridging_affords(1, BRIDGING_LONGEST) == 1);
    CHECK(bridging_affords(1, BRIDGING_LONGEST + 1) == 0);
}

// --- endings ---

static bool is_complete(const Prompt *prompt, const GArray *take) {
    Grammar g;
    grammar_init(&g, TOKENIZER_PEDAL);
    for (guint i = 0; i < prompt->tokens->len; i++)
        grammar_push(&g, g_array_index(prompt->tokens, Token, i));
    for (guint i = 0; i < take->len; i++) {
        if (!grammar_allows(&g, g_array_index(take, Token, i))) return false;
        grammar_push(&g, g_array_index(take, Token, i));
    }
    return g.ended && !g.pedal && !memchr(g.sounding, true, sizeof g.sounding);
}

TEST(an_ending_comes_to_rest_within_its_window) {
    Rng rng = rng_new(7, 0);
    int rested = 0;
    for (int i = 0; i < PIECES; i++) {
        Performance p = random_performance(&rng);
        Prompt prompt;
        prompt_cut(&prompt, &p, TOKENIZER_PEDAL, 5 * SECOND);
        int64_t finish = 400 + 300 * i, window = ending_window(finish);
        Plan plan = plan_of(finish + window);
        plan.finish = finish;
        Choice choice = choice_of(&prompt, NULL, plan, 3);
        GPtrArray *takes = choice_make(&choice, NULL);
        for (guint t = 0; t < takes->len; t++) {
            const ChoiceTake *take = takes->pdata[t];
            CHECK(is_complete(&prompt, take->tokens));
            CHECK_NEAR(100 * take->seconds, (double)finish, (double)window + 2);
            rested += take->came_to_rest;
        }
        g_ptr_array_unref(takes);
        prompt_clear(&prompt);
        performance_clear(&p);
    }
    CHECK(rested > 0);
}

TEST(before_its_window_an_ending_leaves_the_logits_alone) {
    real logits[VOCABULARY_PEDAL] = {0}, other[VOCABULARY_PEDAL];
    CHECK(ending_tilt(other, logits, VOCABULARY_PEDAL, 799, 1000) == logits);
    const real *tilted = ending_tilt(other, logits, VOCABULARY_PEDAL, 1000, 1000);
    CHECK(tilted[TOKEN_NOTE_ON] == (real)-ENDING_PUSH && tilted[TOKEN_NOTE_OFF] == 0);
    tilted = ending_tilt(other, logits, VOCABULARY_PEDAL, 1200, 1000);
    CHECK(tilted[TOKEN_NOTE_OFF] == (real)ENDING_PUSH &&
          tilted[TOKEN_PEDAL_OFF] == (real)ENDING_PUSH);
}

static int add_take(Document *d, int parent, int64_t fork, double until,
                    int64_t finish) {
    Recipe recipe = {.tokenizer = TOKENIZER_PEDAL, .plan = plan_of(0), .until = until};
    recipe.plan.finish = finish;
    TakeStart start = {.step = fork / STEP_MICROSECONDS, .velocity = 64};
    return document_add_generated(d, parent, fork, &recipe, &start, true, false, NULL);
}

// Two keys may be pressed within one frame; the second must not act on the state after
// the first.
TEST(a_bridge_that_was_taken_away_or_kept_is_not_judged_again) {
    Performance p = {0};
    Document d;
    performance_add_note(&p, (Note){0, 10 * SECOND, 60, 80});
    performance_finish(&p);
    CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &p, NULL));
    int other = add_take(&d, 0, 5 * SECOND, 0, 0),
        take = add_take(&d, 0, 5 * SECOND, 0, 0);
    int first = add_take(&d, take, 2 * SECOND, 3, 0),
        second = add_take(&d, take, 2 * SECOND, 3, 0);
    CHECK(bridging_others(&d, second) == 1);
    CHECK(bridging_reject(&d, NULL) && d.view.take == take);
    CHECK(bridging_reject(&d, NULL) && bridging_keep(&d, NULL));
    CHECK(d.view.take == take && document_is_visible(&d, take));
    CHECK(document_is_visible(&d, other));
    CHECK(!document_is_visible(&d, first) && !document_is_visible(&d, second));
    performance_clear(&p);
    document_clear(&d);
}

// Bridges until 3 s, or endings.
static void judge_many(bool endings) {
    Performance p = {0};
    Document d;
    GError *error = NULL;
    int64_t fork = 2 * SECOND;
    performance_add_note(&p, (Note){0, 10 * SECOND, 60, 80});
    performance_finish(&p);
    CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &p, NULL));
    int most = 0, last = 0;
    for (; bridging_has_room(&d, 0, fork, endings ? 0 : 3 * SECOND, 8, &error) &&
           most < 2 * DOCUMENT_MAX_JOINED;
         most += 8)
        for (int i = 0; i < 8; i++)
            last = add_take(&d, 0, fork, endings ? 0 : 3, endings ? 400 : 0);
    CHECK(most > 64 && error && strstr(error->message, "keep one"));
    g_clear_error(&error);
    CHECK(bridging_others(&d, last) == most - 1);
    bool (*const judge[])(Document *, GError **) = {bridging_keep, bridging_reject};
    for (size_t i = 0; i < G_N_ELEMENTS(judge); i++) {
        CHECK(judge[i](&d, NULL) && bridging_others(&d, last) == 0);
        CHECK(document_undo(&d, NULL) && d.view.take == last);
        CHECK(bridging_others(&d, last) == most - 1);
        CHECK(document_redo(&d, NULL) && bridging_others(&d, last) == 0);
        CHECK(document_undo(&d, NULL));
    }
    performance_clear(&p);
    document_clear(&d);
}

TEST(a_bridge_or_an_ending_of_many_takes_is_judged_and_undone_at_once) {
    judge_many(false);
    judge_many(true);
}

int main(void) {
    tiny_model(&model, TOKENIZER_PEDAL, 4);
    weights = weights_new(&model, false);
    RUN(around_a_bridge_the_piece_stays_as_it_was_and_nothing_rings_over_the_join);
    RUN(a_bridge_needs_a_length_and_something_to_lead_to);
    RUN(what_follows_is_scored_and_nothing_that_was_before);
    RUN(of_several_takes_the_likeliest_comes_first_and_each_is_that_of_its_seed);
    RUN(takes_that_are_given_up_leave_the_first_as_they_are);
    RUN(a_slow_machine_makes_fewer_takes_and_none_only_if_one_takes_too_long);
    RUN(an_ending_comes_to_rest_within_its_window);
    RUN(before_its_window_an_ending_leaves_the_logits_alone);
    RUN(a_bridge_that_was_taken_away_or_kept_is_not_judged_again);
    RUN(a_bridge_or_an_ending_of_many_takes_is_judged_and_undone_at_once);
    weights_free(weights);
    model_free(&model);
    return test_end();
}
