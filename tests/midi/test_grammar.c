#include "midi/grammar.h"
#include "tests/streams.h"
#include "tests/test.h"

enum {
    STREAMS = SANITIZED ? 400 : 2000,
    C4 = TOKEN_NOTE_ON + 60,
    D4 = TOKEN_NOTE_ON + 62,
    C4_OFF = TOKEN_NOTE_OFF + 60,
    D4_OFF = TOKEN_NOTE_OFF + 62,
    LOUD = TOKEN_VELOCITY + 30,
    SOFT = TOKEN_VELOCITY + 3,
    STEP = TOKEN_TIME_SHIFT,
    SECOND = TOKEN_TIME_SHIFT + STEPS_PER_SHIFT - 1,
    ON = TOKEN_PEDAL_ON,
    OFF = TOKEN_PEDAL_OFF,
};

// Returns the grammar's state after the tokens up to a PAD, all of which must be legal.
static Grammar after(TokenizerKind kind, const Token *tokens) {
    Grammar g;
    grammar_init(&g, kind);
    for (; *tokens != TOKEN_PAD; tokens++) {
        CHECK(grammar_allows(&g, *tokens));
        grammar_push(&g, *tokens);
    }
    return g;
}

#define AFTER(...) after(TOKENIZER_PEDAL, (const Token[]){__VA_ARGS__, TOKEN_PAD})

static bool allows(Grammar g, Token token) { return grammar_allows(&g, token); }

TEST(a_stream_begins_with_sos_and_with_nothing_else) {
    Grammar g;
    bool legal[VOCABULARY_PEDAL];
    grammar_init(&g, TOKENIZER_PEDAL);
    grammar_mask(&g, legal);
    for (Token t = 0; t < VOCABULARY_PEDAL; t++) CHECK(legal[t] == (t == TOKEN_SOS));
    CHECK(!allows(AFTER(TOKEN_SOS), TOKEN_SOS));
}

TEST(nothing_follows_eos) {
    Grammar g = AFTER(TOKEN_SOS, TOKEN_EOS);
    for (Token t = 0; t < VOCABULARY_PEDAL; t++) CHECK(!grammar_allows(&g, t));
}

TEST(pad_and_ids_beyond_the_vocabulary_are_never_legal) {
    Grammar g = AFTER(TOKEN_SOS, LOUD, C4);
    CHECK(!allows(g, TOKEN_PAD));
    CHECK(!allows(g, -1) && !allows(g, VOCABULARY_PEDAL));
    CHECK(!allows(g, INT32_MIN) && !allows(g, INT32_MAX));
}

TEST(the_first_note_needs_a_velocity) {
    CHECK(!allows(AFTER(TOKEN_SOS), C4));
    CHECK(allows(AFTER(TOKEN_SOS, LOUD), C4));
}

TEST(a_velocity_differs_from_the_last_and_a_note_follows_it) {
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, C4), LOUD));
    CHECK(allows(AFTER(TOKEN_SOS, LOUD, C4), SOFT));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD), SOFT));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD), STEP));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD), TOKEN_EOS));
}

TEST(no_velocity_is_given_where_no_key_is_left_to_strike) {
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, TOKEN_NOTE_ON + 127), SOFT));
}

TEST(a_key_is_not_struck_while_it_sounds) {
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, C4, STEP), C4));
    CHECK(allows(AFTER(TOKEN_SOS, LOUD, C4, STEP, C4_OFF), C4));
}

TEST(a_key_is_not_released_while_silent_or_at_the_step_of_its_onset) {
    CHECK(!allows(AFTER(TOKEN_SOS), C4_OFF));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, C4), C4_OFF));
    CHECK(allows(AFTER(TOKEN_SOS, LOUD, C4, STEP), C4_OFF));
}

TEST(notes_and_releases_come_in_rising_pitch) {
    CHECK(allows(AFTER(TOKEN_SOS, LOUD, C4), D4));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, D4), C4));
    CHECK(allows(AFTER(TOKEN_SOS, LOUD, C4, D4, STEP, C4_OFF), D4_OFF));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, C4, D4, STEP, D4_OFF), C4_OFF));
}

TEST(releases_come_before_the_pedal_and_the_pedal_before_notes) {
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, C4, D4, STEP, C4_OFF, ON), D4_OFF));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, C4, STEP, D4), C4_OFF));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, C4), ON));
}

TEST(pedal_tokens_change_the_pedal) {
    CHECK(!allows(AFTER(TOKEN_SOS), OFF));
    CHECK(!allows(AFTER(TOKEN_SOS, ON, STEP), ON));
    CHECK(allows(AFTER(TOKEN_SOS, ON, STEP), OFF));
}

TEST(at_one_step_the_pedal_may_be_lifted_and_pressed_but_not_pressed_and_lifted) {
    CHECK(allows(AFTER(TOKEN_SOS, ON, STEP, OFF), ON));
    CHECK(!allows(AFTER(TOKEN_SOS, ON, STEP, OFF, ON), OFF));
    CHECK(!allows(AFTER(TOKEN_SOS, ON), OFF));
}

TEST(the_plain_tokenizer_has_no_pedal) {
    Grammar g = after(TOKENIZER_PERFORMANCE, (const Token[]){TOKEN_SOS, TOKEN_PAD});
    CHECK(!grammar_allows(&g, ON) && !grammar_allows(&g, OFF));
}

TEST(only_a_full_shift_is_followed_by_a_shift) {
    CHECK(allows(AFTER(TOKEN_SOS, SECOND), STEP));
    CHECK(allows(AFTER(TOKEN_SOS, SECOND), SECOND));
    CHECK(!allows(AFTER(TOKEN_SOS, STEP), STEP));
}

TEST(a_stream_ends_with_keys_and_pedal_up_and_no_shift_left_hanging) {
    CHECK(allows(AFTER(TOKEN_SOS), TOKEN_EOS));
    CHECK(!allows(AFTER(TOKEN_SOS, SECOND), TOKEN_EOS));
    CHECK(!allows(AFTER(TOKEN_SOS, LOUD, C4), TOKEN_EOS));
    CHECK(!allows(AFTER(TOKEN_SOS, ON), TOKEN_EOS));
    CHECK(allows(AFTER(TOKEN_SOS, ON, LOUD, C4, STEP, C4_OFF, OFF), TOKEN_EOS));
}

// Streams of every length, dense enough to reach all cases.
static void for_random_prefixes(void (*check)(const Grammar *, GArray *)) {
    GRand *random = g_rand_new_with_seed(1);
    for (int i = 0; i < STREAMS; i++) {
        Grammar g;
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        GArray *tokens = stream_prefix(kind, random, i % 300, &g);
        check(&g, tokens);
        g_array_unref(tokens);
    }
    g_rand_free(random);
}

static void check_mask(const Grammar *g, GArray *tokens) {
    bool legal[VOCABULARY_PEDAL] = {false}, any = false;
    grammar_mask(g, legal);
    for (Token t = 0; t < tokenizer_vocabulary(g->kind); t++) {
        any = any || legal[t];
        CHECK(legal[t] == grammar_allows(g, t));
    }
    CHECK(any);
}

TEST(something_is_always_legal) { for_random_prefixes(check_mask); }

static void check_close(const Grammar *g, GArray *tokens) {
    Token end[GRAMMAR_CLOSE_MAX];
    size_t count = grammar_close(g, end);
    CHECK(count >= 1 && count <= GRAMMAR_CLOSE_MAX && end[count - 1] == TOKEN_EOS);
    g_array_append_vals(tokens, end, (guint)count);
    CHECK(stream_legal(tokens, g->kind));
}

TEST(a_closed_stream_is_legal_and_complete) { for_random_prefixes(check_close); }

TEST(every_key_and_the_pedal_can_be_closed_at_once) {
    for (int hanging = 0; hanging < 4; hanging++) {
        Grammar g = AFTER(TOKEN_SOS, ON, LOUD);
        for (Token key = 0; key < 127; key++) grammar_push(&g, TOKEN_NOTE_ON + key);
        if (hanging & 1) grammar_push(&g, STEP);
        if (hanging & 2) grammar_push(&g, SOFT);
        Token end[GRAMMAR_CLOSE_MAX];
        size_t count = grammar_close(&g, end);
        CHECK(count <= GRAMMAR_CLOSE_MAX);
        for (size_t i = 0; i < count; i++) {
            CHECK(grammar_allows(&g, end[i]));
            grammar_push(&g, end[i]);
        }
        CHECK(g.ended);
    }
}

TEST(an_ended_stream_needs_no_closing) {
    Grammar g = AFTER(TOKEN_SOS, TOKEN_EOS);
    Token end[GRAMMAR_CLOSE_MAX];
    CHECK(grammar_close(&g, end) == 0);
}

TEST(a_foreign_stream_can_go_on_and_its_closing_leaves_nothing_that_sounds) {
    GRand *random = g_rand_new_with_seed(2);
    for (int i = 0; i < STREAMS / 10; i++) {
        Grammar g;
        grammar_init(&g, i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE);
        for (int k = 0; k < 100; k++) {
            Token token = g_rand_int_range(random, -10, VOCABULARY_PEDAL + 10);
            if (token == TOKEN_EOS) continue;
            grammar_push(&g, token);
            check_mask(&g, NULL);
        }
        Token end[GRAMMAR_CLOSE_MAX];
        size_t count = grammar_close(&g, end);
        CHECK(count <= GRAMMAR_CLOSE_MAX);
        for (size_t k = 0; k < count; k++) grammar_push(&g, end[k]);
        CHECK(g.ended && !g.pedal && !memchr(g.sounding, true, 128));
    }
    g_rand_free(random);
}

static void mutate(GArray *tokens, GRand *random) {
    guint at = (guint)g_rand_int_range(random, 1, (gint)tokens->len - 1);
    Token token = g_rand_int_range(random, TOKEN_NOTE_ON, VOCABULARY_PEDAL);
    switch (g_rand_int_range(random, 0, 4)) {
    case 0: g_array_insert_val(tokens, at, token); break;
    case 1: g_array_remove_index(tokens, at); break;
    case 2: g_array_index(tokens, Token, at) = token; break;
    case 3:
        token = g_array_index(tokens, Token, at);
        g_array_index(tokens, Token, at) = g_array_index(tokens, Token, at - (at > 1));
        g_array_index(tokens, Token, at - (at > 1)) = token;
        break;
    }
}

// The definition: a stream is legal if the tokenizer writes exactly it.
TEST(a_complete_stream_is_legal_when_it_is_the_encoding_of_what_it_means) {
    GRand *random = g_rand_new_with_seed(3);
    int legal = 0, illegal = 0;
    for (int i = 0; i < 5 * STREAMS; i++) {
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        GArray *tokens = stream_random(kind, random, 2 + i % 60);
        if (tokens->len > 2) mutate(tokens, random);
        GArray *again = stream_again(tokens, kind);
        bool is_legal = stream_legal(tokens, kind);
        CHECK(is_legal == stream_equal(tokens, again));
        *(is_legal ? &legal : &illegal) += 1;
        g_array_unref(again);
        g_array_unref(tokens);
    }
    CHECK(legal > STREAMS / 10 && illegal > STREAMS / 10);
    g_rand_free(random);
}

int main(void) {
    RUN(a_stream_begins_with_sos_and_with_nothing_else);
    RUN(nothing_follows_eos);
    RUN(pad_and_ids_beyond_the_vocabulary_are_never_legal);
    RUN(the_first_note_needs_a_velocity);
    RUN(a_velocity_differs_from_the_last_and_a_note_follows_it);
    RUN(no_velocity_is_given_where_no_key_is_left_to_strike);
    RUN(a_key_is_not_struck_while_it_sounds);
    RUN(a_key_is_not_released_while_silent_or_at_the_step_of_its_onset);
    RUN(notes_and_releases_come_in_rising_pitch);
    RUN(releases_come_before_the_pedal_and_the_pedal_before_notes);
    RUN(pedal_tokens_change_the_pedal);
    RUN(at_one_step_the_pedal_may_be_lifted_and_pressed_but_not_pressed_and_lifted);
    RUN(the_plain_tokenizer_has_no_pedal);
    RUN(only_a_full_shift_is_followed_by_a_shift);
    RUN(a_stream_ends_with_keys_and_pedal_up_and_no_shift_left_hanging);
    RUN(something_is_always_legal);
    RUN(a_closed_stream_is_legal_and_complete);
    RUN(every_key_and_the_pedal_can_be_closed_at_once);
    RUN(an_ended_stream_needs_no_closing);
    RUN(a_foreign_stream_can_go_on_and_its_closing_leaves_nothing_that_sounds);
    RUN(a_complete_stream_is_legal_when_it_is_the_encoding_of_what_it_means);
    return test_end();
}
