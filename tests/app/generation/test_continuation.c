#include "app/generation/continuation.h"
#include "app/generation/receipt.h"
#include "app/generation/takes.h"
#include "tests/test.h"
#include "tests/tiny_model.h"

enum { PIECES = 12, SECOND = 1000000 };

static Model models[2]; // one for each tokenizer

static const Plan ten_seconds = {
    .sampler = {1, 1, 0, 0, {0}}, .seed = 7, .steps = 1000};

// Makes random notes and pedal over `seconds`, at any microsecond, including
// half-pedalling.
static Performance random_performance(Rng *rng, int notes, uint32_t seconds) {
    Performance p = {0};
    for (int i = 0; i < notes; i++) {
        int64_t onset = rng_below(rng, seconds * SECOND);
        int64_t release = onset + rng_below(rng, rng_below(rng, 5) ? 300000 : 9000000);
        performance_add_note(&p, (Note){onset, release, (uint8_t)rng_below(rng, 128),
                                        (uint8_t)(1 + rng_below(rng, 127))});
    }
    for (int i = 0; i < notes / 4; i++)
        performance_add_pedal(&p, rng_below(rng, seconds * SECOND),
                              (uint8_t)rng_below(rng, 128));
    performance_finish(&p);
    return p;
}

static Token token_at(const GArray *tokens, guint i) {
    return g_array_index(tokens, Token, i);
}

// Makes a take from `prompt`, which is stopped after `stop` tokens unless that is
// negative.
static Continuation take_of(const Model *m, const Prompt *prompt, const Plan *plan,
                            int stop) {
    Weights *weights = weights_new(m, false);
    Session *session = session_new(weights, NULL);
    TokenizerKind kind;
    Continuation c;
    Event event;
    CHECK(continuation_tokenizer(m, "test", &kind, NULL));
    continuation_begin(&c, session, kind, prompt, plan);
    for (int drawn = 0;; drawn++) {
        if (drawn == stop) continuation_stop(&c);
        if (!continuation_next(&c, &event)) break;
    }
    session_free(session);
    weights_free(weights);
    return c;
}

static Performance joined(const Prompt *prompt, const Continuation *c,
                          PromptPart part) {
    size_t count;
    Performance p = {0};
    const Token *take = continuation_take(c, &count);
    prompt_join(&p, prompt, part, take, count);
    return p;
}

static bool is_legal_piece(const GArray *tokens, TokenizerKind kind) {
    Grammar g;
    grammar_init(&g, kind);
    for (guint i = 0; i < tokens->len; i++) {
        if (!grammar_allows(&g, token_at(tokens, i))) return false;
        grammar_push(&g, token_at(tokens, i));
    }
    return g.ended && !g.pedal;
}

static bool same_tokens(const GArray *a, const GArray *b) {
    return a->len == b->len && memcmp(a->data, b->data, a->len * sizeof(Token)) == 0;
}

// Calls `check` with takes from random pieces, cut at random moments, with both
// tokenizers.
typedef void (*TakeCheck)(const Performance *p, const Prompt *prompt,
                          const Continuation *c, TokenizerKind kind);
static void with_takes(TakeCheck check) {
    Rng rng = rng_new(11, 0);
    for (int i = 0; i < PIECES; i++) {
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        Performance p = random_performance(&rng, 1 << i % 8, 8);
        Prompt prompt;
        prompt_cut(&prompt, &p, kind,
                   i < 2 ? -1 : (int64_t)rng_below(&rng, 9 * SECOND));
        Continuation c = take_of(&models[kind], &prompt, &ten_seconds, -1);
        check(&p, &prompt, &c, kind);
        continuation_clear(&c);
        prompt_clear(&prompt);
        performance_clear(&p);
    }
}

// --- the prompt ---

TEST(a_whole_piece_is_prompted_by_its_tokens_without_eos) {
    Rng rng = rng_new(1, 0);
    for (int i = 0; i < PIECES; i++) {
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        Performance p = random_performance(&rng, 100, 10);
        performance_add_pedal(&p, performance_end(&p), 0);
        performance_finish(&p);
        GArray *want = tokenizer_encode(&p, kind);
        g_array_set_size(want, want->len - 1);
        for (int beyond = 0; beyond < 2; beyond++) {
            Prompt prompt;
            prompt_cut(&prompt, &p, kind, beyond ? 100 * SECOND : -1);
            CHECK(same_tokens(prompt.tokens, want));
            CHECK(prompt.cut == performance_end(&p));
            prompt_clear(&prompt);
        }
        g_array_unref(want);
        performance_clear(&p);
    }
}

TEST(nothing_is_prompted_by_sos_alone) {
    Performance none = {0};
    Prompt prompt;
    prompt_cut(&prompt, &none, TOKENIZER_PEDAL, -1);
    CHECK(prompt.tokens->len == 1 && token_at(prompt.tokens, 0) == TOKEN_SOS);
    CHECK(prompt.cut == 0 && prompt.step == 0);
    prompt_clear(&prompt);
    prompt_clear(&prompt);
}

// Makes two notes: 60 is held from 1 s to 4 s, and 64 from 1 s to 2 s, with the pedal
// down from 1.5 s on.
static Performance held_and_ringing(void) {
    Performance p = {0};
    performance_add_note(&p, (Note){1 * SECOND, 4 * SECOND, 60, 80});
    performance_add_note(&p, (Note){1 * SECOND, 2 * SECOND, 64, 80});
    performance_add_pedal(&p, 1500000, 127);
    performance_add_pedal(&p, 5 * SECOND, 0);
    performance_finish(&p);
    return p;
}

TEST(a_key_held_across_the_cut_is_left_open) {
    Performance p = held_and_ringing();
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, 3 * SECOND);
    CHECK(prompt.decoder.sounding[60] && !prompt.decoder.sounding[64]);
    CHECK(prompt.decoder.pedal && prompt.step == 300 && prompt.decoder.step == 200);
    prompt_clear(&prompt);
    performance_clear(&p);
}

TEST(what_ends_at_the_cut_has_ended_and_what_begins_there_has_not_begun) {
    Performance p = held_and_ringing();
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, 4 * SECOND);
    CHECK(!prompt.decoder.sounding[60] && prompt.decoder.step == 400);
    CHECK(prompt.before.notes[0].release == 4 * SECOND);
    prompt_clear(&prompt);
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, 1 * SECOND);
    CHECK(prompt.before.note_count == 0 && prompt.tokens->len == 1);
    prompt_clear(&prompt);
    performance_clear(&p);
}

// As in a file that ends while a chord is held: 48 was struck a second before, and is
// released.
TEST(a_key_struck_at_the_very_end_is_down_at_the_cut_until_the_model_lets_it_go) {
    for (int i = 0; i < 2; i++) {
        TokenizerKind kind = i ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        Performance p = {0}, both = {0};
        performance_add_note(&p, (Note){1 * SECOND, 2 * SECOND, 48, 80});
        performance_add_note(&p, (Note){2 * SECOND, 2 * SECOND, 60, 80});
        performance_finish(&p);
        const Token take[] = {TOKEN_TIME_SHIFT + 49, TOKEN_NOTE_OFF + 60, TOKEN_EOS};
        Prompt prompt;
        prompt_cut(&prompt, &p, kind, -1);
        CHECK(prompt.decoder.sounding[60] && !prompt.decoder.sounding[48]);
        CHECK(prompt.cut == 2 * SECOND && prompt.step == 200);
        prompt_join(&both, &prompt, PROMPT_INCLUDE, take, G_N_ELEMENTS(take));
        CHECK(both.note_count == 2 && both.notes[1].onset == 2 * SECOND);
        CHECK(both.notes[1].release == 2500000);
        performance_clear(&both);
        // The shortest take, too, gives the note a length.
        Continuation c = take_of(&models[kind], &prompt, &ten_seconds, 0);
        both = joined(&prompt, &c, PROMPT_INCLUDE);
        CHECK(both.notes[1].release > both.notes[1].onset);
        continuation_clear(&c);
        performance_clear(&both);
        prompt_clear(&prompt);
        performance_clear(&p);
    }
}

TEST(what_was_given_and_what_was_written_are_told_apart) {
    Performance p = {0}, both = {0};
    performance_add_note(&p, (Note){1 * SECOND, 2 * SECOND, 48, 80});
    performance_add_note(&p,
                         (Note){2 * SECOND, 2 * SECOND, 60, 80}); // struck at the end
    performance_finish(&p);
    const Token take[] = {TOKEN_NOTE_ON + 62, TOKEN_TIME_SHIFT + 49,
                          TOKEN_NOTE_OFF + 60, TOKEN_NOTE_OFF + 62};
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, -1);
    prompt_join(&both, &prompt, PROMPT_INCLUDE, take, G_N_ELEMENTS(take));
    g_autofree uint8_t *parts = prompt_parts(&prompt, PROMPT_INCLUDE, &both);
    CHECK(both.note_count == 3 && both.notes[2].pitch == 62);
    CHECK(parts[0] == SMF_GIVEN && parts[1] == SMF_GIVEN && parts[2] == SMF_WRITTEN);
    performance_clear(&both);
    prompt_join(&both, &prompt, PROMPT_OMIT, take, G_N_ELEMENTS(take));
    g_autofree uint8_t *alone = prompt_parts(&prompt, PROMPT_OMIT, &both);
    CHECK(both.note_count == 1 && alone[0] == SMF_WRITTEN);
    performance_clear(&both);
    prompt_clear(&prompt);
    performance_clear(&p);
}

TEST(a_take_goes_on_in_the_tempo_and_metre_that_hold_at_the_cut) {
    Performance p = held_and_ringing(), both = {0};
    p.tempo = tempo_map_new(480);
    tempo_map_add_metre(p.tempo, (Metre){0, 3, 2, 24, 8});
    tempo_map_add_tempo(p.tempo, 960, 300000);  // at 1 s
    tempo_map_add_tempo(p.tempo, 8640, 900000); // at 5.8 s
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, 3 * SECOND);
    prompt_join(&both, &prompt, PROMPT_INCLUDE, NULL, 0);
    CHECK(both.tempo->tempi->len == 2 && both.tempo->metres->len == 1);
    CHECK(tempo_map_time(both.tempo, 960 + 48000) == 31 * SECOND);
    performance_clear(&both);
    prompt_join(&both, &prompt, PROMPT_OMIT, NULL, 0);
    CHECK(tempo_map_time(both.tempo, 480) == 300000 && both.tempo->metres->len == 1);
    performance_clear(&both);
    prompt_clear(&prompt);
    performance_clear(&p);
}

TEST(a_string_that_rings_at_the_cut_is_left_open_when_the_pedal_is_folded) {
    Performance p = held_and_ringing();
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PERFORMANCE, 3 * SECOND);
    CHECK(prompt.decoder.sounding[60] && prompt.decoder.sounding[64]);
    prompt_clear(&prompt);
    performance_clear(&p);
}

TEST(what_is_left_open_ends_where_the_take_says) {
    Performance p = held_and_ringing(), both = {0};
    const Token take[] = {TOKEN_TIME_SHIFT + 99, TOKEN_TIME_SHIFT + 99,
                          TOKEN_NOTE_OFF + 64,   TOKEN_TIME_SHIFT + 9,
                          TOKEN_NOTE_OFF + 60,   TOKEN_EOS};
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PERFORMANCE, 3 * SECOND);
    prompt_join(&both, &prompt, PROMPT_INCLUDE, take, G_N_ELEMENTS(take));
    CHECK(both.note_count == 2 && both.notes[1].release == 3 * SECOND);
    CHECK(both.notes[0].release == 3100000);
    CHECK(both.pedal_count == 2 && both.pedal[1].time == 3 * SECOND);
    performance_clear(&both);
    prompt_join(&both, &prompt, PROMPT_OMIT, take, G_N_ELEMENTS(take));
    CHECK(both.note_count == 0 && both.pedal_count == 0);
    performance_clear(&both);
    prompt_clear(&prompt);
    performance_clear(&p);
}

static void check_prompt_kept(const Performance *p, const Prompt *prompt,
                              const Continuation *c, TokenizerKind kind) {
    Performance got = joined(prompt, c, PROMPT_INCLUDE);
    size_t before = 0;
    for (size_t i = 0; i < p->note_count; i++) {
        Note want = p->notes[i], note = got.notes[i];
        if (prompt->cut != performance_end(p) && want.onset >= prompt->cut) break;
        before++;
        CHECK(note.onset == want.onset && note.pitch == want.pitch &&
              note.velocity == want.velocity);
        if (note.release != want.release)
            CHECK(prompt->decoder.sounding[note.pitch] && note.release >= prompt->cut);
    }
    for (size_t i = before; i < got.note_count; i++)
        CHECK(got.notes[i].onset >= prompt->cut);
    for (size_t i = 0; i < p->pedal_count && p->pedal[i].time < prompt->cut; i++)
        CHECK(got.pedal[i].time == p->pedal[i].time &&
              got.pedal[i].value == p->pedal[i].value);
    performance_clear(&got);
}
TEST(the_prompt_stays_as_it_was_played) { with_takes(check_prompt_kept); }

static void check_tokens(const Performance *p, const Prompt *prompt,
                         const Continuation *c, TokenizerKind kind) {
    Performance got = joined(prompt, c, PROMPT_INCLUDE);
    GArray *tokens = tokenizer_encode(&got, kind);
    CHECK(same_tokens(tokens, c->tokens));
    g_array_unref(tokens);
    performance_clear(&got);
}
TEST(prompt_and_take_have_the_tokens_that_the_model_saw) { with_takes(check_tokens); }

static void check_omitted(const Performance *p, const Prompt *prompt,
                          const Continuation *c, TokenizerKind kind) {
    Performance both = joined(prompt, c, PROMPT_INCLUDE);
    Performance take = joined(prompt, c, PROMPT_OMIT);
    CHECK(take.note_count <= both.note_count);
    for (size_t i = 1; i <= take.note_count; i++) {
        Note want = both.notes[both.note_count - i],
             note = take.notes[take.note_count - i];
        CHECK(note.onset == want.onset - prompt->cut && note.pitch == want.pitch);
        CHECK(note.release == want.release - prompt->cut);
    }
    bool down = take.pedal_count && take.pedal[0].time == 0 && take.pedal[0].value;
    CHECK(down || !prompt->decoder.pedal);
    performance_clear(&both);
    performance_clear(&take);
}
TEST(without_the_prompt_the_take_begins_at_0) { with_takes(check_omitted); }

// --- the take ---

static void check_legal(const Performance *p, const Prompt *prompt,
                        const Continuation *c, TokenizerKind kind) {
    CHECK(is_legal_piece(c->tokens, kind));
}
TEST(every_token_is_legal_and_the_piece_complete) { with_takes(check_legal); }

static void check_length(const Performance *p, const Prompt *prompt,
                         const Continuation *c, TokenizerKind kind) {
    Performance got = joined(prompt, c, PROMPT_INCLUDE);
    int64_t last = (prompt->step + ten_seconds.steps) * STEP_MICROSECONDS;
    CHECK(performance_end(&got) <= last + STEP_MICROSECONDS);
    CHECK(c->state.decoder.step >= prompt->step + ten_seconds.steps ||
          !c->state.grammar.pedal);
    performance_clear(&got);
}
TEST(a_take_is_as_long_as_was_asked) { with_takes(check_length); }

static Prompt scratch(TokenizerKind kind) {
    Performance none = {0};
    Prompt prompt;
    prompt_cut(&prompt, &none, kind, -1);
    return prompt;
}

TEST(so_many_tokens_are_drawn_as_were_asked) {
    Prompt prompt = scratch(TOKENIZER_PEDAL);
    for (int n = 1; n < 200; n += 33) {
        Plan plan = {.sampler = {1, 1, 0, 0, {0}}, .tokens = n};
        Continuation c = take_of(&models[TOKENIZER_PEDAL], &prompt, &plan, -1);
        CHECK(c.drawn == n && is_legal_piece(c.tokens, TOKENIZER_PEDAL));
        continuation_clear(&c);
    }
    prompt_clear(&prompt);
}

TEST(the_same_seed_makes_the_same_take_and_another_seed_another) {
    Prompt prompt = scratch(TOKENIZER_PEDAL);
    Plan other = ten_seconds;
    other.seed++;
    const Model *m = &models[TOKENIZER_PEDAL];
    Continuation a = take_of(m, &prompt, &ten_seconds, -1);
    Continuation b = take_of(m, &prompt, &ten_seconds, -1);
    Continuation c = take_of(m, &prompt, &other, -1);
    CHECK(same_tokens(a.tokens, b.tokens));
    CHECK(!same_tokens(a.tokens, c.tokens));
    continuation_clear(&a);
    continuation_clear(&b);
    continuation_clear(&c);
    prompt_clear(&prompt);
}

// The model, with `more` added to the logits of the ids from `first` up to `end`.
static Model inclined(TokenizerKind kind, Token first, Token end, real more) {
    Model m;
    tiny_model(&m, kind, 3);
    for (Token t = first; t < end; t++) m.parameters.head.bias[t] += more;
    return m;
}

TEST(the_model_ends_the_piece_only_where_it_may) {
    Model m = inclined(TOKENIZER_PEDAL, TOKEN_EOS, TOKEN_EOS + 1, 30);
    Prompt prompt = scratch(TOKENIZER_PEDAL);
    Plan natural = ten_seconds;
    natural.natural_end = true;
    Continuation a = take_of(&m, &prompt, &ten_seconds, -1);
    Continuation b = take_of(&m, &prompt, &natural, -1);
    CHECK(a.drawn > 10 && b.drawn == 1);
    CHECK(is_legal_piece(b.tokens, TOKENIZER_PEDAL));
    continuation_clear(&a);
    continuation_clear(&b);
    prompt_clear(&prompt);
    model_free(&m);
}

TEST(a_key_that_the_model_would_hold_for_ever_is_released) {
    Model m = inclined(TOKENIZER_PEDAL, TOKEN_NOTE_OFF, TOKEN_NOTE_OFF + 128,
                       -(real)60);
    Prompt prompt = scratch(TOKENIZER_PEDAL);
    Plan plan = ten_seconds;
    plan.steps = 3 * CONTINUATION_LONGEST;
    Continuation c = take_of(&m, &prompt, &plan, -1);
    Performance p = joined(&prompt, &c, PROMPT_INCLUDE);
    int64_t longest = 0;
    for (size_t i = 0; i < p.note_count; i++)
        longest = MAX(longest, p.notes[i].release - p.notes[i].onset);
    CHECK(is_legal_piece(c.tokens, TOKENIZER_PEDAL));
    // The key is released at the first step after its time, and a time shift may be a
    // second long.
    int64_t limit = (int64_t)CONTINUATION_LONGEST * STEP_MICROSECONDS;
    CHECK(longest >= limit && longest <= limit + SECOND);
    performance_clear(&p);
    continuation_clear(&c);
    prompt_clear(&prompt);
    model_free(&m);
}

// A model that strikes one key twice a second for ever, if nothing stops it.
static Model obsessed(void) {
    Model m;
    tiny_model(&m, TOKENIZER_PEDAL, 3);
    real *bias = m.parameters.head.bias;
    bias[TOKEN_NOTE_ON + 60] += 12;
    bias[TOKEN_TIME_SHIFT + 49] += 12;
    bias[TOKEN_NOTE_OFF + 60] += 24;
    return m;
}

static LoopPassage longest_loop(const Continuation *c) {
    Loop loop = {0};
    LoopPassage longest = {0};
    Decoder decoder;
    decoder_init(&decoder);
    for (guint i = 0; i < c->tokens->len; i++) {
        Event event = decoder_push(&decoder, token_at(c->tokens, i)).event;
        if (event.kind != EVENT_ONSET) continue;
        loop_push(&loop, event.pitch, decoder.step);
        LoopPassage now = loop_now(&loop);
        if (now.end - now.begin > longest.end - longest.begin) longest = now;
    }
    return longest;
}

// Settings at which only the likeliest tokens are drawn, and the model as it is.
static const Sampler samplers[] = {{0, 1, 0, 0, {0}},   {0.3, 1, 0, 0, {0}},
                                   {1, 0.5, 0, 0, {0}}, {1, 1, 0.2, 0, {0}},
                                   {1, 1, 0, 1, {0}},   {1, 1, 0, 0, {0}}};

TEST(a_model_that_loops_is_led_out_of_the_loop_and_the_same_way_again) {
    Model m = obsessed();
    Prompt prompt = scratch(TOKENIZER_PEDAL);
    for (size_t i = 0; i < G_N_ELEMENTS(samplers); i++) {
        Plan plan = {.sampler = samplers[i], .steps = 6000};
        Continuation a = take_of(&m, &prompt, &plan, -1);
        Continuation b = take_of(&m, &prompt, &plan, -1);
        LoopPassage loop = longest_loop(&a);
        CHECK(loop.block == 1 && loop.end - loop.begin >= CONTINUATION_LOOP);
        CHECK(loop.end - loop.begin <= CONTINUATION_LOOP + STEPS_PER_SHIFT);
        CHECK(a.stirred > 0 && a.stirred < a.drawn);
        CHECK(is_legal_piece(a.tokens, TOKENIZER_PEDAL));
        CHECK(same_tokens(a.tokens, b.tokens));
        continuation_clear(&a);
        continuation_clear(&b);
    }
    prompt_clear(&prompt);
    model_free(&m);
}

// The longest time in which no note sounds, and in which none begins, in steps.
static int64_t longest_rest(const Continuation *c, bool onsets) {
    Performance p = {0}, strings = {0};
    const GArray *all = c->tokens;
    tokenizer_decode(&p, &g_array_index(all, Token, 0), all->len);
    GArray *folded = tokenizer_encode(&p, TOKENIZER_PERFORMANCE);
    tokenizer_decode(&strings, &g_array_index(folded, Token, 0), folded->len);
    int64_t longest = 0, last = 0;
    for (size_t i = 0; i < strings.note_count; i++) {
        Note n = strings.notes[i];
        longest = MAX(longest, n.onset - last);
        last = MAX(last, onsets ? n.onset : n.release);
    }
    if (onsets) longest = MAX(longest, performance_end(&p) - last);
    g_array_unref(folded);
    performance_clear(&strings);
    performance_clear(&p);
    return longest / STEP_MICROSECONDS;
}

// A model that lets time pass, a second at once, and holds the keys: it waits for an
// end.
static void check_moves(TokenizerKind kind, real release, int64_t most, bool onsets) {
    Model m = inclined(kind, TOKEN_TIME_SHIFT + 99, TOKEN_TIME_SHIFT + 100, 40);
    for (Token t = TOKEN_NOTE_OFF; t < TOKEN_TIME_SHIFT; t++)
        m.parameters.head.bias[t] += release;
    if (kind == TOKENIZER_PEDAL) m.parameters.head.bias[TOKEN_PEDAL_OFF] += release;
    Prompt prompt = scratch(kind);
    for (size_t i = 0; i < G_N_ELEMENTS(samplers); i++) {
        Plan plan = {.sampler = samplers[i], .steps = 3000, .seed = i};
        Continuation c = take_of(&m, &prompt, &plan, -1);
        CHECK(is_legal_piece(c.tokens, kind));
        CHECK(c.stirred > 0);
        CHECK(longest_rest(&c, onsets) <= most);
        CHECK(c.state.decoder.step >
              plan.steps - CONTINUATION_SILENCE - STEPS_PER_SHIFT);
        continuation_clear(&c);
    }
    prompt_clear(&prompt);
    model_free(&m);
}

TEST(a_model_that_falls_silent_plays_on_at_every_setting) {
    for (TokenizerKind kind = TOKENIZER_PERFORMANCE; kind <= TOKENIZER_PEDAL; kind++)
        check_moves(kind, 80, CONTINUATION_SILENCE + STEPS_PER_SHIFT, false);
}

TEST(a_model_that_holds_a_chord_plays_on_at_every_setting) {
    for (TokenizerKind kind = TOKENIZER_PERFORMANCE; kind <= TOKENIZER_PEDAL; kind++)
        check_moves(kind, -80, CONTINUATION_HELD + STEPS_PER_SHIFT, true);
}

// A rest of this length in the prompt is the pianist's, so it is no stall.
TEST(the_time_before_the_cut_is_no_standstill) {
    Performance p = {0};
    performance_add_note(&p, (Note){0, SECOND, 60, 80});
    performance_add_note(&p, (Note){20 * SECOND, 21 * SECOND, 60, 80});
    performance_finish(&p);
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, 19 * SECOND);
    Plan plan = {.sampler = {0, 1, 0, 0, {0}}, .steps = 100};
    Continuation c = take_of(&models[TOKENIZER_PEDAL], &prompt, &plan, -1);
    CHECK(c.drawn > 18 && c.stirred == 0);
    continuation_clear(&c);
    prompt_clear(&prompt);
    performance_clear(&p);
}

// If a chord at the top of the keyboard is repeated, the loop's next note is the only
// one that the grammar allows after a velocity.
TEST(a_loop_goes_on_where_nothing_else_is_left) {
    Model m = inclined(TOKENIZER_PEDAL, TOKEN_VELOCITY, TOKEN_PEDAL_ON, 40);
    m.parameters.head.bias[TOKEN_NOTE_ON + 126] += 60;
    m.parameters.head.bias[TOKEN_NOTE_ON + 127] += 60;
    Performance p = {0};
    for (int i = 0; i < 40; i++)
        performance_add_note(&p, (Note){i / 2 * SECOND / 2, i / 2 * SECOND / 2 + 100,
                                        (uint8_t)(126 + i % 2), 80});
    performance_finish(&p);
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, -1);
    // Up to the first note of another chord, of which the model must play the second.
    Plan plan = {.sampler = {0, 1, 0, 0, {0}}, .steps = 300};
    const Token more[] = {TOKEN_TIME_SHIFT + 40, TOKEN_NOTE_ON + 126};
    g_array_append_vals(prompt.tokens, more, G_N_ELEMENTS(more));
    Continuation c = take_of(&m, &prompt, &plan, -1);
    size_t count;
    const Token *take = continuation_take(&c, &count);
    CHECK(count > 2 && token_is_velocity(take[0]) && take[1] == TOKEN_NOTE_ON + 127);
    continuation_clear(&c);
    prompt_clear(&prompt);
    performance_clear(&p);
    model_free(&m);
}

TEST(a_take_that_ends_early_says_by_how_much) {
    Model m = inclined(TOKENIZER_PEDAL, TOKEN_TIME_SHIFT + 99, TOKEN_TIME_SHIFT + 100,
                       40);
    Model ending = inclined(TOKENIZER_PEDAL, TOKEN_EOS, TOKEN_EOS + 1, 40);
    Prompt prompt = scratch(TOKENIZER_PEDAL);
    Plan plan = {.sampler = {0, 1, 0, 0, {0}}, .steps = 150, .natural_end = true};
    Continuation silent = take_of(&m, &prompt, &plan, -1);
    CHECK(!continuation_ended_itself(&silent));
    CHECK_NEAR(continuation_missing(&silent), 1.5, 1e-9);
    CHECK_NEAR(continuation_seconds(&silent), 0, 1e-9);
    Continuation ended = take_of(&ending, &prompt, &plan, -1);
    CHECK(continuation_ended_itself(&ended));
    CHECK_NEAR(continuation_missing(&ended), 1.5, 1e-9);
    Continuation stopped = take_of(&m, &prompt, &plan, 1);
    CHECK(continuation_missing(&stopped) == 0);
    Continuation whole = take_of(&models[TOKENIZER_PEDAL], &prompt, &ten_seconds, -1);
    CHECK(continuation_missing(&whole) == 0);
    continuation_clear(&silent);
    continuation_clear(&ended);
    continuation_clear(&stopped);
    continuation_clear(&whole);
    prompt_clear(&prompt);
    model_free(&m);
    model_free(&ending);
}

TEST(a_loop_of_the_prompt_counts) {
    Model m = obsessed();
    Performance p = {0};
    for (int i = 0; i < 20; i++)
        performance_add_note(&p, (Note){i * SECOND / 2, i * SECOND / 2 + 100, 60, 80});
    Prompt prompt;
    prompt_cut(&prompt, &p, TOKENIZER_PEDAL, -1);
    Plan plan = {.sampler = {1, 1, 0, 0, {0}}, .tokens = 1};
    Continuation c = take_of(&m, &prompt, &plan, -1);
    CHECK(c.stirred == 1);
    continuation_clear(&c);
    prompt_clear(&prompt);
    performance_clear(&p);
    model_free(&m);
}

static void check_not_warmed(const Performance *p, const Prompt *prompt,
                             const Continuation *c, TokenizerKind kind) {
    CHECK(c->stirred == 0);
}
TEST(music_without_loops_is_drawn_as_asked) { with_takes(check_not_warmed); }

TEST(time_goes_on_whatever_the_model_prefers) {
    Model m = inclined(TOKENIZER_PEDAL, TOKEN_TIME_SHIFT, TOKEN_VELOCITY, -(real)60);
    Prompt prompt = scratch(TOKENIZER_PEDAL);
    Plan plan = {.sampler = {1, 1, 0, 0, {0}}, .steps = 3};
    Continuation c = take_of(&m, &prompt, &plan, 5000);
    CHECK(!c.stopped && is_legal_piece(c.tokens, TOKENIZER_PEDAL));
    continuation_clear(&c);
    prompt_clear(&prompt);
    model_free(&m);
}

// Silence from 2 s to the cut.
TEST(nothing_comes_before_the_cut) {
    const int64_t cuts[] = {2 * SECOND, 2 * SECOND + 4000, 2500000, 3 * SECOND,
                            7004999};
    for (int i = 0; i < 10; i++) {
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        Performance p = {0};
        performance_add_note(&p, (Note){1 * SECOND, 1 * SECOND + 1, 60, 80});
        performance_add_note(&p, (Note){1 * SECOND, 2 * SECOND, 61, 80});
        performance_add_note(&p, (Note){9 * SECOND, 9 * SECOND, 62, 80});
        performance_finish(&p);
        Prompt prompt;
        prompt_cut(&prompt, &p, kind, cuts[i / 2]);
        Continuation c = take_of(&models[kind], &prompt, &ten_seconds, -1);
        Performance got = joined(&prompt, &c, PROMPT_INCLUDE);
        CHECK(is_legal_piece(c.tokens, kind));
        for (size_t n = 2; n < got.note_count; n++)
            CHECK(got.notes[n].onset >= cuts[i / 2]);
        performance_clear(&got);
        continuation_clear(&c);
        prompt_clear(&prompt);
        performance_clear(&p);
    }
}

TEST(a_stop_at_any_moment_closes_the_take_and_strikes_nothing) {
    for (int stop = 0; stop < 120; stop++) {
        TokenizerKind kind = stop % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        Model m = inclined(kind, TOKEN_TIME_SHIFT, TOKEN_VELOCITY, stop % 3);
        Prompt prompt = scratch(kind);
        Continuation c = take_of(&m, &prompt, &ten_seconds, stop);
        CHECK(is_legal_piece(c.tokens, kind));
        for (size_t i = 0; i < c.closing.count; i++)
            CHECK(!token_is_note_on(c.closing.tokens[i]) &&
                  c.closing.tokens[i] != TOKEN_PEDAL_ON);
        continuation_clear(&c);
        prompt_clear(&prompt);
        model_free(&m);
    }
}

TEST(a_prompt_may_be_one_note_or_longer_than_the_context) {
    const int notes[] = {1, 400};
    Rng rng = rng_new(21, 0);
    for (int i = 0; i < 2; i++) {
        Performance p = random_performance(&rng, notes[i], 20);
        Prompt prompt;
        prompt_cut(&prompt, &p, TOKENIZER_PEDAL, -1);
        CHECK(i == 0 || (int)prompt.tokens->len > models[0].config.context);
        Continuation c = take_of(&models[TOKENIZER_PEDAL], &prompt, &ten_seconds, -1);
        CHECK(is_legal_piece(c.tokens, TOKENIZER_PEDAL));
        continuation_clear(&c);
        prompt_clear(&prompt);
        performance_clear(&p);
    }
}

static bool tokenizer_refused(Model *m, const char *name, const char *why) {
    g_autoptr(GError) error = NULL;
    TokenizerKind kind;
    char *kept = m->tokenizer;
    m->tokenizer = (char *)name;
    bool ok = continuation_tokenizer(m, "m", &kind, &error);
    m->tokenizer = kept;
    return !ok && strstr(error->message, why);
}

TEST(a_model_must_name_a_tokenizer_that_fits) {
    Model *m = &models[TOKENIZER_PEDAL];
    CHECK(tokenizer_refused(m, NULL, "does not say which"));
    CHECK(tokenizer_refused(m, "remi", "'remi' is none of music"));
    CHECK(tokenizer_refused(m, "performance", "has 393 kinds of tokens"));
}

// --- the receipt ---

TEST(a_receipt_is_lines_of_printable_text_that_a_midi_file_can_hold) {
    g_autofree char *name = g_strnfill(300, 'x');
    g_autofree char *path = g_strconcat("/tmp/a\033[31m\n\xff", name, NULL);
    Receipt r = {.model = "models/piano.safetensors",
                 .prompt = path,
                 .model_hash = "0123",
                 .tokenizer = TOKENIZER_PEDAL,
                 .plan = {{0.95, 1, 0.03, 0, continuation_pitches(0.9, 0.95)},
                          G_MAXUINT64,
                          0,
                          3000,
                          false,
                          .closeness = 2.5},
                 .prompt_seconds = 12.345678,
                 .drawn = 1409};
    g_autofree char *text = receipt_text(&r);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        CHECK(strlen(*line) <= RECEIPT_LINE);
        CHECK(!**line || strchr(*line, '='));
        for (char *c = *line; *c; c++) CHECK(g_ascii_isprint(*c));
    }
    const char *const want[] = {"model=piano.safetensors\n",
                                "model_hash=0123\n",
                                "seed=18446744073709551615\n",
                                "temperature=0.95\n",
                                "top_p=1\n",
                                "min_p=0.03\n",
                                "top_k=0\n",
                                "pitch_temperature=0.9\n",
                                "pitch_top_p=0.95\n",
                                "closeness=2.5\n",
                                "prompt=a\\x1b[31m\\n\\xffxxx",
                                "prompt_seconds=0-12.345678\n",
                                "seconds=30\n",
                                "tokens=1409\n",
                                "tokenizer=performance-pedal\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++) CHECK(strstr(text, want[i]));
}

TEST(takes_drawn_together_are_those_that_their_seeds_make_alone) {
    enum { COUNT = 5 };
    for (int exact = 0; exact < 2; exact++) {
        Rng rng = rng_new(31, 1);
        Performance p = random_performance(&rng, 40, 20);
        Prompt prompt;
        Weights *weights = weights_new(&models[1], !exact);
        Plan plan = ten_seconds;
        plan.natural_end = true; // so that some takes end before others
        Takes together;
        prompt_cut(&prompt, &p, TOKENIZER_PEDAL, -1);
        CHECK(takes_begin(&together, weights, NULL, TOKENIZER_PEDAL, &prompt, &plan,
                          COUNT));
        while (takes_next(&together)) {
        }
        for (int i = 0; i < COUNT; i++, plan.seed++) {
            Session *session = session_new(weights, NULL);
            Continuation c;
            Event event;
            size_t want, got;
            continuation_begin(&c, session, TOKENIZER_PEDAL, &prompt, &plan);
            while (continuation_next(&c, &event)) {
            }
            const Token *a = continuation_take(&c, &want);
            const Token *b = continuation_take(&together.take[i], &got);
            CHECK(want == got && want > 10 && memcmp(a, b, want * sizeof *a) == 0);
            continuation_clear(&c);
            session_free(session);
        }
        takes_clear(&together);
        weights_free(weights);
        prompt_clear(&prompt);
        performance_clear(&p);
    }
}

int main(void) {
    tiny_model(&models[TOKENIZER_PERFORMANCE], TOKENIZER_PERFORMANCE, 1);
    tiny_model(&models[TOKENIZER_PEDAL], TOKENIZER_PEDAL, 2);
    RUN(a_whole_piece_is_prompted_by_its_tokens_without_eos);
    RUN(nothing_is_prompted_by_sos_alone);
    RUN(a_key_held_across_the_cut_is_left_open);
    RUN(what_ends_at_the_cut_has_ended_and_what_begins_there_has_not_begun);
    RUN(a_key_struck_at_the_very_end_is_down_at_the_cut_until_the_model_lets_it_go);
    RUN(what_was_given_and_what_was_written_are_told_apart);
    RUN(a_take_goes_on_in_the_tempo_and_metre_that_hold_at_the_cut);
    RUN(a_string_that_rings_at_the_cut_is_left_open_when_the_pedal_is_folded);
    RUN(what_is_left_open_ends_where_the_take_says);
    RUN(the_prompt_stays_as_it_was_played);
    RUN(prompt_and_take_have_the_tokens_that_the_model_saw);
    RUN(without_the_prompt_the_take_begins_at_0);
    RUN(every_token_is_legal_and_the_piece_complete);
    RUN(a_take_is_as_long_as_was_asked);
    RUN(so_many_tokens_are_drawn_as_were_asked);
    RUN(the_same_seed_makes_the_same_take_and_another_seed_another);
    RUN(the_model_ends_the_piece_only_where_it_may);
    RUN(a_key_that_the_model_would_hold_for_ever_is_released);
    RUN(a_model_that_loops_is_led_out_of_the_loop_and_the_same_way_again);
    RUN(a_loop_of_the_prompt_counts);
    RUN(a_loop_goes_on_where_nothing_else_is_left);
    RUN(a_model_that_falls_silent_plays_on_at_every_setting);
    RUN(a_model_that_holds_a_chord_plays_on_at_every_setting);
    RUN(the_time_before_the_cut_is_no_standstill);
    RUN(a_take_that_ends_early_says_by_how_much);
    RUN(music_without_loops_is_drawn_as_asked);
    RUN(time_goes_on_whatever_the_model_prefers);
    RUN(nothing_comes_before_the_cut);
    RUN(a_stop_at_any_moment_closes_the_take_and_strikes_nothing);
    RUN(a_prompt_may_be_one_note_or_longer_than_the_context);
    RUN(a_model_must_name_a_tokenizer_that_fits);
    RUN(a_receipt_is_lines_of_printable_text_that_a_midi_file_can_hold);
    RUN(takes_drawn_together_are_those_that_their_seeds_make_alone);
    for (int i = 0; i < 2; i++) model_free(&models[i]);
    return test_end();
}
