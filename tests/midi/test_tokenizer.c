#include "midi/tokenizer.h"
#include "tests/streams.h"
#include "tests/test.h"

#include <stdlib.h>

enum { MS = 1000, STREAMS = SANITIZED ? 600 : 3000 };

// Parses the event at the beginning of `text`, such as "on60", "off60", "+100" (a
// shift), "v12" (a bin), "P" and "p" (pedal down and up).
static Token spelt(const char *text) {
    switch (text[0]) {
    case '+': return TOKEN_TIME_SHIFT + atoi(text + 1) - 1;
    case 'v': return TOKEN_VELOCITY + atoi(text + 1);
    case 'P': return TOKEN_PEDAL_ON;
    case 'p': return TOKEN_PEDAL_OFF;
    }
    bool on = text[1] == 'n';
    return on ? TOKEN_NOTE_ON + atoi(text + 2) : TOKEN_NOTE_OFF + atoi(text + 3);
}

// Returns whether the performance's tokens between SOS and EOS are these.
static bool encodes(Performance *p, TokenizerKind kind, const char *text) {
    performance_finish(p);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    GArray *want = g_array_new(false, false, sizeof(Token));
    Token sos = TOKEN_SOS, eos = TOKEN_EOS;
    g_array_append_val(want, sos);
    for (char **word = words; *word && **word; word++) {
        Token token = spelt(*word);
        g_array_append_val(want, token);
    }
    g_array_append_val(want, eos);
    GArray *got = tokenizer_encode(p, kind);
    bool equal = stream_equal(got, want);
    for (guint i = 0; !equal && i < got->len; i++)
        fprintf(stderr, "%d ", stream_tokens(got)[i]);
    g_array_unref(got);
    g_array_unref(want);
    performance_clear(p);
    return equal;
}

static void add(Performance *p, int64_t onset, int64_t release, uint8_t pitch) {
    performance_add_note(p, (Note){onset, release, pitch, 64});
}

TEST(an_empty_performance_is_sos_and_eos) {
    Performance p = {0};
    CHECK(encodes(&p, TOKENIZER_PEDAL, ""));
}

TEST(a_note_is_a_velocity_an_onset_and_a_release) {
    Performance p = {0};
    add(&p, 0, 500 * MS, 60);
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "v15 on60 +50 off60"));
}

TEST(moments_round_to_the_nearest_step_and_halves_up) {
    Performance p = {0};
    add(&p, 14999, 25000, 60);
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "+1 v15 on60 +2 off60"));
}

TEST(a_gap_over_a_second_is_full_shifts_and_a_remainder) {
    Performance p = {0};
    add(&p, 2350 * MS, 4350 * MS, 60);
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "+100 +100 +35 v15 on60 +100 +100 off60"));
}

TEST(a_note_lasts_at_least_one_step) {
    Performance p = {0};
    add(&p, 0, 0, 60);
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "v15 on60 +1 off60"));
}

TEST(a_velocity_is_given_when_its_bin_changes) {
    Performance p = {0};
    performance_add_note(&p, (Note){0, 10 * MS, 60, 1});
    performance_add_note(&p, (Note){0, 10 * MS, 61, 4});
    performance_add_note(&p, (Note){0, 10 * MS, 62, 5});
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE,
                  "v0 on60 on61 v1 on62 +1 off60 off61 off62"));
}

TEST(every_velocity_goes_back_to_its_own_bin) {
    for (int velocity = 1; velocity <= 127; velocity++) {
        int bin = velocity_bin(velocity), again = bin_velocity(bin);
        CHECK(bin >= 0 && bin < VELOCITY_BINS);
        CHECK(again >= 1 && again <= 127 && velocity_bin(again) == bin);
    }
}

TEST(notes_of_one_pitch_at_one_step_become_one) {
    Performance p = {0};
    performance_add_note(&p, (Note){0, 2 * MS, 60, 100});
    performance_add_note(&p, (Note){3 * MS, 80 * MS, 60, 40});
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "v24 on60 +8 off60"));
}

TEST(a_note_ends_where_the_next_of_its_pitch_begins) {
    Performance p = {0};
    add(&p, 0, 1, 60); // at least a step long, so it reaches the next note
    add(&p, 10 * MS, 50 * MS, 60);
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "v15 on60 +1 off60 on60 +4 off60"));
}

TEST(at_one_step_come_releases_then_the_pedal_then_onsets_each_in_rising_pitch) {
    Performance p = {0};
    add(&p, 0, 100 * MS, 64);
    add(&p, 0, 101 * MS, 62);
    add(&p, 99 * MS, 200 * MS, 63);
    add(&p, 100 * MS, 200 * MS, 61);
    performance_add_pedal(&p, 103 * MS, 127);
    performance_add_pedal(&p, 200 * MS, 0);
    CHECK(encodes(&p, TOKENIZER_PEDAL,
                  "v15 on62 on64 +10 off62 off64 P on61 on63 +10 off61 off63 p"));
}

TEST(a_note_released_under_the_pedal_ends_at_the_lift) {
    Performance p = {0};
    performance_add_pedal(&p, 50 * MS, 127);
    performance_add_pedal(&p, 500 * MS, 0);
    add(&p, 0, 49 * MS, 60);         // before the press
    add(&p, 0, 50 * MS, 61);         // at the press
    add(&p, 0, 499 * MS, 62);        // before the lift
    add(&p, 400 * MS, 500 * MS, 63); // at the lift
    add(&p, 400 * MS, 600 * MS, 64); // after it
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE,
                  "v15 on60 on61 on62 +5 off60 +35 on63 on64 +10 off61 off62 off63 +10 "
                  "off64"));
}

TEST(a_note_released_under_the_pedal_ends_at_the_next_of_its_pitch) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 127);
    performance_add_pedal(&p, 500 * MS, 0);
    add(&p, 0, 50 * MS, 60);
    add(&p, 200 * MS, 250 * MS, 60);
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "v15 on60 +20 off60 on60 +30 off60"));
}

TEST(a_release_is_held_by_the_pedal_that_is_down_then_and_by_no_later_one) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 127);
    performance_add_pedal(&p, 100 * MS, 0);
    performance_add_pedal(&p, 100 * MS, 127);
    performance_add_pedal(&p, 300 * MS, 0);
    add(&p, 0, 99 * MS, 60);
    add(&p, 0, 100 * MS, 61);
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "v15 on60 on61 +10 off60 +20 off61"));
}

TEST(the_pedal_is_down_from_64_on) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 63);
    performance_add_pedal(&p, 100 * MS, 64);
    performance_add_pedal(&p, 200 * MS, 127);
    performance_add_pedal(&p, 300 * MS, 20);
    performance_add_pedal(&p, 400 * MS, 0);
    CHECK(encodes(&p, TOKENIZER_PEDAL, "+10 P +20 p"));
}

TEST(a_lift_and_press_within_a_step_are_both_told_and_a_press_and_lift_are_not) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 127);
    performance_add_pedal(&p, 101 * MS, 0);
    performance_add_pedal(&p, 102 * MS, 127);
    performance_add_pedal(&p, 200 * MS, 0);
    performance_add_pedal(&p, 300 * MS, 127);
    performance_add_pedal(&p, 302 * MS, 0);
    CHECK(encodes(&p, TOKENIZER_PEDAL, "P +10 p P +10 p"));
}

TEST(a_pedal_still_down_at_the_end_is_lifted_there) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 127);
    add(&p, 0, 100 * MS, 60);
    add(&p, 0, 200 * MS, 61);
    CHECK(encodes(&p, TOKENIZER_PEDAL, "P v15 on60 on61 +10 off60 +10 off61 p"));
    performance_add_pedal(&p, 0, 127);
    add(&p, 0, 100 * MS, 60);
    add(&p, 0, 200 * MS, 61);
    CHECK(encodes(&p, TOKENIZER_PERFORMANCE, "v15 on60 on61 +20 off60 off61"));
}

TEST(tokens_mean_a_performance_that_encodes_as_the_same_tokens) {
    GRand *random = g_rand_new_with_seed(4);
    for (int i = 0; i < STREAMS; i++) {
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        GArray *tokens = stream_random(kind, random, i % 400);
        GArray *again = stream_again(tokens, kind);
        CHECK(stream_equal(tokens, again));
        g_array_unref(again);
        g_array_unref(tokens);
    }
    g_rand_free(random);
}

static void random_performance(Performance *p, GRand *random) {
    int64_t room = g_rand_int_range(random, 1, 3000) * MS;
    for (int i = g_rand_int_range(random, 0, 100); i > 0; i--) {
        int64_t onset = (int64_t)g_rand_double_range(random, 0, (double)room);
        add(p, onset, onset + g_rand_int_range(random, 0, 300 * MS),
            (uint8_t)g_rand_int_range(random, 60, 70));
    }
    for (int i = g_rand_int_range(random, 0, 40); i > 0; i--)
        performance_add_pedal(p, (int64_t)g_rand_double_range(random, 0, (double)room),
                              (uint8_t)g_rand_int_range(random, 0, 128));
    performance_finish(p);
}

TEST(any_performance_encodes_to_a_legal_stream) {
    GRand *random = g_rand_new_with_seed(5);
    for (int i = 0; i < STREAMS; i++) {
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        Performance p = {0};
        random_performance(&p, random);
        GArray *tokens = tokenizer_encode(&p, kind);
        CHECK(stream_legal(tokens, kind));
        g_array_unref(tokens);
        performance_clear(&p);
    }
    g_rand_free(random);
}

TEST(notes_play_as_their_tokens_come) {
    Decoder d;
    decoder_init(&d);
    CHECK(decoder_push(&d, TOKEN_SOS).event.kind == EVENT_TIME);
    CHECK(decoder_push(&d, TOKEN_VELOCITY + 20).event.kind == EVENT_TIME);
    CHECK(decoder_push(&d, TOKEN_TIME_SHIFT + 99).event.time == 1000 * MS);
    Decoded on = decoder_push(&d, TOKEN_NOTE_ON + 60);
    CHECK(on.event.kind == EVENT_ONSET && on.event.pitch == 60 && on.velocity == 83);
    CHECK(on.event.time == 1000 * MS);
    decoder_push(&d, TOKEN_VELOCITY);
    decoder_push(&d, TOKEN_TIME_SHIFT);
    Decoded off = decoder_push(&d, TOKEN_NOTE_OFF + 60);
    CHECK(off.event.kind == EVENT_RELEASE && off.event.pitch == 60 &&
          off.velocity == 83);
    CHECK(off.onset == 1000 * MS && off.event.time == 1010 * MS);
    Decoded pedal = decoder_push(&d, TOKEN_PEDAL_ON);
    CHECK(pedal.event.kind == EVENT_PEDAL && pedal.event.value == 127);
    CHECK(decoder_push(&d, TOKEN_PEDAL_OFF).event.value == 0);
    CHECK(decoder_push(&d, TOKEN_EOS).event.kind == EVENT_TIME);
}

TEST(tokens_that_make_no_sense_change_nothing) {
    Decoder d, before;
    decoder_init(&d);
    decoder_push(&d, TOKEN_NOTE_ON + 60);
    memcpy(&before, &d, sizeof d);
    const Token senseless[] = {TOKEN_NOTE_OFF + 61, TOKEN_NOTE_ON + 60, TOKEN_PEDAL_OFF,
                               TOKEN_PAD,           VOCABULARY_PEDAL,   -1,
                               INT32_MIN,           INT32_MAX};
    for (size_t i = 0; i < G_N_ELEMENTS(senseless); i++) {
        CHECK(decoder_push(&d, senseless[i]).event.kind == EVENT_TIME);
        CHECK(memcmp(&before, &d, sizeof d) == 0);
    }
}

TEST(any_numbers_decode_to_a_performance) {
    GRand *random = g_rand_new_with_seed(6);
    for (int i = 0; i < STREAMS; i++) {
        Token tokens[200];
        for (size_t k = 0; k < G_N_ELEMENTS(tokens); k++) {
            Token any = (Token)g_rand_int(random);
            tokens[k] = k % 8 ? g_rand_int_range(random, -3, 400) : any;
        }
        Performance p = {0};
        tokenizer_decode(&p, tokens, G_N_ELEMENTS(tokens));
        GArray *again = tokenizer_encode(&p, TOKENIZER_PEDAL);
        CHECK(stream_legal(again, TOKENIZER_PEDAL));
        g_array_unref(again);
        performance_clear(&p);
    }
    g_rand_free(random);
}

TEST(what_still_sounds_when_the_tokens_end_is_closed) {
    const Token tokens[] = {TOKEN_SOS, TOKEN_PEDAL_ON, TOKEN_NOTE_ON + 60,
                            TOKEN_TIME_SHIFT + 9};
    Performance p = {0};
    tokenizer_decode(&p, tokens, G_N_ELEMENTS(tokens));
    CHECK(p.note_count == 1 && p.notes[0].release == 100 * MS);
    CHECK(p.pedal_count == 2 && p.pedal[1].time == 100 * MS && p.pedal[1].value == 0);
    performance_clear(&p);
}

TEST(what_follows_eos_is_not_read) {
    const Token tokens[] = {TOKEN_SOS, TOKEN_EOS, TOKEN_NOTE_ON + 60};
    Performance p = {0};
    tokenizer_decode(&p, tokens, G_N_ELEMENTS(tokens));
    CHECK(p.note_count == 0);
    performance_clear(&p);
}

TEST(a_tokenizer_is_known_by_its_name) {
    TokenizerKind kind = TOKENIZER_PERFORMANCE;
    CHECK(tokenizer_from_name("performance-pedal", &kind) && kind == TOKENIZER_PEDAL);
    CHECK(tokenizer_from_name("performance", &kind) && kind == TOKENIZER_PERFORMANCE);
    CHECK(!tokenizer_from_name("", &kind) &&
          !tokenizer_from_name("Performance", &kind));
    CHECK(tokenizer_vocabulary(TOKENIZER_PERFORMANCE) == 391);
    CHECK(tokenizer_vocabulary(TOKENIZER_PEDAL) == 393);
}

int main(void) {
    RUN(an_empty_performance_is_sos_and_eos);
    RUN(a_note_is_a_velocity_an_onset_and_a_release);
    RUN(moments_round_to_the_nearest_step_and_halves_up);
    RUN(a_gap_over_a_second_is_full_shifts_and_a_remainder);
    RUN(a_note_lasts_at_least_one_step);
    RUN(a_velocity_is_given_when_its_bin_changes);
    RUN(every_velocity_goes_back_to_its_own_bin);
    RUN(notes_of_one_pitch_at_one_step_become_one);
    RUN(a_note_ends_where_the_next_of_its_pitch_begins);
    RUN(at_one_step_come_releases_then_the_pedal_then_onsets_each_in_rising_pitch);
    RUN(a_note_released_under_the_pedal_ends_at_the_lift);
    RUN(a_note_released_under_the_pedal_ends_at_the_next_of_its_pitch);
    RUN(a_release_is_held_by_the_pedal_that_is_down_then_and_by_no_later_one);
    RUN(the_pedal_is_down_from_64_on);
    RUN(a_lift_and_press_within_a_step_are_both_told_and_a_press_and_lift_are_not);
    RUN(a_pedal_still_down_at_the_end_is_lifted_there);
    RUN(tokens_mean_a_performance_that_encodes_as_the_same_tokens);
    RUN(any_performance_encodes_to_a_legal_stream);
    RUN(notes_play_as_their_tokens_come);
    RUN(tokens_that_make_no_sense_change_nothing);
    RUN(any_numbers_decode_to_a_performance);
    RUN(what_still_sounds_when_the_tokens_end_is_closed);
    RUN(what_follows_eos_is_not_read);
    RUN(a_tokenizer_is_known_by_its_name);
    return test_end();
}
