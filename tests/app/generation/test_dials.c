#include "app/generation/continuation.h"
#include "app/generation/receipt.h"
#include "tests/test.h"
#include "tests/tiny_model.h"

enum { V = VOCABULARY_PEDAL };

static Model model;
static Weights *weights;

// Makes steady music: a note every `every` steps for ten seconds, in turn `apart` above
// and below `pitch`, with the pedal down for three quarters of each second.
static Prompt striding(int pitch, int apart, int velocity, int every) {
    Performance p = {0};
    for (int64_t t = 0; t < 1000; t += every)
        performance_add_note(&p,
                             (Note){t * 10000, (t + every / 2) * 10000,
                                    (uint8_t)(pitch + (t / every % 2 ? apart : -apart)),
                                    (uint8_t)velocity});
    for (int64_t second = 0; second < 10; second++) {
        performance_add_pedal(&p, second * 1000000 + 250000, 127);
        performance_add_pedal(&p, second * 1000000 + 1000000, 0);
    }
    performance_finish(&p);
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, -1);
    performance_clear(&p);
    return prompt;
}

static Prompt steady(int pitch, int velocity, int every) {
    return striding(pitch, 0, velocity, every);
}

// Sampling uses the model's distribution as it is.
static Continuation begun(Session *s, const Prompt *prompt, const Dials *dials) {
    Plan plan = {.sampler = {.temperature = 1, .top_p = 1},
                 .seed = 3,
                 .steps = 6000,
                 .dials = *dials};
    Continuation c;
    continuation_begin(&c, s, TOKENIZER_PEDAL, prompt, &plan);
    return c;
}

TEST(a_meter_tells_what_was_played) {
    Prompt prompt = steady(60, 83, 25);
    Session *s = session_new(weights, NULL);
    Continuation c = begun(s, &prompt, &(Dials){0});
    double level;
    CHECK(meter_level(&c.state.steering.before, DIAL_DENSITY, &level));
    CHECK_NEAR(level, 2, 0.05); // log2 of four notes per second
    CHECK(meter_level(&c.state.steering.before, DIAL_REGISTER, &level));
    CHECK_NEAR(level, 60, 1e-6);
    CHECK(meter_level(&c.state.steering.before, DIAL_LOUDNESS, &level));
    CHECK_NEAR(level, 83, 1e-6);
    CHECK(meter_level(&c.state.steering.before, DIAL_PEDAL, &level));
    CHECK_NEAR(level, 75, 2);
    continuation_clear(&c);
    session_free(s);
    prompt_clear(&prompt);
}

TEST(a_meter_forgets) {
    Meter m = {.seconds = 2};
    Decoder d;
    double level;
    decoder_init(&d);
    CHECK(!meter_level(&m, DIAL_REGISTER, &level));
    for (int i = 0; i < 40; i++) {
        d.step = 50 * i;
        uint8_t pitch = i < 20 ? 40 : 80;
        meter_hear(&m, &d, (Event){.kind = EVENT_ONSET, .pitch = pitch});
    }
    CHECK(meter_level(&m, DIAL_REGISTER, &level) && level > 79 && level < 80);
    d.step += 100 * 60;
    meter_hear(&m, &d, (Event){.kind = EVENT_TIME});
    CHECK(!meter_level(&m, DIAL_REGISTER, &level));
    CHECK(meter_level(&m, DIAL_PEDAL, &level) && level == 0);
}

static void random_logits(real *logits) {
    Rng rng = rng_new(8, 0);
    for (int t = 0; t < V; t++) logits[t] = (real)rng_normal(&rng);
}

TEST(in_the_middle_the_logits_are_the_models_own) {
    Steering s;
    Grammar g;
    bool legal[V];
    real logits[V], other[V];
    random_logits(logits);
    grammar_init(&g, TOKENIZER_PEDAL);
    grammar_push(&g, TOKEN_SOS);
    grammar_mask(&g, legal);
    steering_init(&s, &(Dials){0});
    steering_begin(&s);
    CHECK(steering_tilt(&s, other, logits, legal, &g) == logits);
    s.dials.at[DIAL_REGISTER] = 1;
    CHECK(steering_tilt(&s, other, logits, legal, &g) == other);
}

static double share(const real *logits, const bool *legal, Token from, Token to) {
    double part = 0, all = 0;
    for (Token t = 0; t < V; t++) {
        double p = legal[t] ? exp((double)logits[t]) : 0;
        all += p;
        if (t >= from && t < to) part += p;
    }
    return part / all;
}

TEST(register_and_loudness_choose_among_notes_and_leave_their_share_as_it_was) {
    Steering s;
    Grammar g;
    bool legal[V];
    real logits[V], other[V];
    random_logits(logits);
    grammar_init(&g, TOKENIZER_PEDAL);
    for (Token t = 0; t < 3; t++)
        grammar_push(&g, (Token[]){TOKEN_SOS, TOKEN_VELOCITY + 20, TOKEN_NOTE_ON}[t]);
    grammar_push(&g, TOKEN_TIME_SHIFT + 5);
    grammar_mask(&g, legal);
    steering_init(&s, &(Dials){{0, 12, 0, 0}});
    steering_begin(&s);
    const real *tilted = steering_tilt(&s, other, logits, legal, &g);
    CHECK_NEAR(share(tilted, legal, TOKEN_NOTE_ON, TOKEN_NOTE_OFF),
               share(logits, legal, TOKEN_NOTE_ON, TOKEN_NOTE_OFF), 1e-5);
    CHECK(share(tilted, legal, TOKEN_NOTE_ON + 76, TOKEN_NOTE_OFF) >
          1.2 * share(logits, legal, TOKEN_NOTE_ON + 76, TOKEN_NOTE_OFF));
    steering_init(&s, &(Dials){{0, 0, -20, 0}});
    steering_begin(&s);
    tilted = steering_tilt(&s, other, logits, legal, &g);
    double before = share(logits, legal, TOKEN_NOTE_ON, TOKEN_NOTE_OFF) +
                    share(logits, legal, TOKEN_VELOCITY, TOKEN_PEDAL_ON);
    double after = share(tilted, legal, TOKEN_NOTE_ON, TOKEN_NOTE_OFF) +
                   share(tilted, legal, TOKEN_VELOCITY, TOKEN_PEDAL_ON);
    CHECK_NEAR(after, before, 1e-5);
    CHECK(share(tilted, legal, TOKEN_VELOCITY, TOKEN_VELOCITY + 8) >
          1.2 * share(logits, legal, TOKEN_VELOCITY, TOKEN_VELOCITY + 8));
}

// The model is random, so by itself it would not reach the level.
static double level_of_take(const Prompt *prompt, Dial dial, double at, double *asked) {
    Dials dials = {0};
    dials.at[dial] = at;
    Session *s = session_new(weights, NULL);
    Continuation c = begun(s, prompt, &dials);
    Meter m = {.seconds = dial == DIAL_SPREAD ? 15 : 1e9, .step = c.begin + 2000};
    Event event;
    while (continuation_next(&c, &event))
        if (c.state.decoder.step > m.step || m.time > 0)
            meter_hear(&m, &c.state.decoder, event);
    double level = (double)NAN;
    CHECK(meter_level(&m, dial, &level));
    *asked = c.plan.dials.at[dial];
    continuation_clear(&c);
    session_free(s);
    return level;
}

TEST(what_a_dial_asks_for_arrives_within_twenty_seconds) {
    Prompt prompt = steady(60, 63, 12);
    const struct {
        Dial dial;
        double at, before, within;
    } cases[] = {
        {DIAL_DENSITY, 1, log2(100.0 / 12), 0.15},
        {DIAL_DENSITY, -1, log2(100.0 / 12), 0.25},
        {DIAL_REGISTER, 10, 60, 2},
        {DIAL_REGISTER, -10, 60, 2},
        {DIAL_LOUDNESS, 30, 63, 4},
        {DIAL_LOUDNESS, -30, 63, 4},
        {DIAL_PEDAL, -25, 75, 8},
        {DIAL_PEDAL, -50, 75, 5},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double asked;
        double level = level_of_take(&prompt, cases[i].dial, cases[i].at, &asked);
        CHECK_NEAR(level, cases[i].before + asked, cases[i].within);
    }
    prompt_clear(&prompt);
    prompt = striding(64, 14, 63, 12);
    for (int at = -2; at <= 6; at += 4) {
        double asked, level = level_of_take(&prompt, DIAL_SPREAD, at, &asked);
        CHECK_NEAR(level, 14 + asked, 2);
    }
    prompt_clear(&prompt);
}

TEST(without_music_before_it_a_dial_is_beside_pianists) {
    Steering s;
    steering_init(&s, &(Dials){{1, -12, 0, 200}});
    steering_begin(&s);
    CHECK_NEAR(s.wanted[DIAL_DENSITY], dial_kinds[DIAL_DENSITY].usual + 1, 1e-9);
    CHECK_NEAR(s.wanted[DIAL_REGISTER], dial_kinds[DIAL_REGISTER].usual - 12, 1e-9);
    CHECK_NEAR(s.wanted[DIAL_PEDAL], 100, 1e-9); // limited to all of the time
}

TEST(a_receipt_tells_the_dials_that_are_off_the_middle_and_no_others) {
    Receipt r = {.model = "m", .model_hash = "0"};
    r.plan.dials.at[DIAL_DENSITY] = dial_from_said(DIAL_DENSITY, 1.5);
    r.plan.dials.at[DIAL_PEDAL] = -20;
    g_autofree char *text = receipt_text(&r);
    CHECK(strstr(text, "\ndensity=1.5\n") && strstr(text, "\npedal=-20\n"));
    CHECK(!strstr(text, "register=") && !strstr(text, "loudness="));
}

int main(void) {
    tiny_model(&model, TOKENIZER_PEDAL, 4);
    weights = weights_new(&model, false);
    RUN(a_meter_tells_what_was_played);
    RUN(a_meter_forgets);
    RUN(in_the_middle_the_logits_are_the_models_own);
    RUN(register_and_loudness_choose_among_notes_and_leave_their_share_as_it_was);
    RUN(what_a_dial_asks_for_arrives_within_twenty_seconds);
    RUN(without_music_before_it_a_dial_is_beside_pianists);
    RUN(a_receipt_tells_the_dials_that_are_off_the_middle_and_no_others);
    weights_free(weights);
    model_free(&model);
    return test_end();
}
