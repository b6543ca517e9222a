#include "tests/test.h"

#include "midi/analysis/recurrence.h"
#include "midi/tokenizer.h"

// Returns a piece's tokens of notes that are a fifth of a second apart, from `start`
// on.
static GArray *tokens_of(const int *pitches, int count) {
    Performance p = {0};
    for (int i = 0; i < count; i++) {
        int64_t onset = 200000 * (int64_t)i;
        performance_add_note(&p,
                             (Note){onset, onset + 100000, (uint8_t)pitches[i], 80});
    }
    performance_finish(&p);
    GArray *tokens = tokenizer_encode(&p, TOKENIZER_PEDAL);
    performance_clear(&p);
    return tokens;
}

static const Token *at(const GArray *tokens) {
    return (const Token *)(void *)tokens->data;
}

static const Recurrence *nth(const GArray *found, guint i) {
    return &g_array_index(found, Recurrence, i);
}

// Makes eight notes and a ninth, other notes, the eight again, and the ninth or another
// note.
static const int theme[] = {60, 62, 64, 65, 67, 69, 71, 72, 50, 90, 40,
                            91, 60, 62, 64, 65, 67, 69, 71, 72, 50};

// Checks that only the last note recurs, and that pitch 50 followed then.
static void check_last(const int *pitches, bool right) {
    GArray *tokens = tokens_of(pitches, 21),
           *found = recurrences(at(tokens), (int)tokens->len, false);
    const Recurrence *r = nth(found, 0);
    CHECK(found->len == 1 && r->right == right && r->alone);
    CHECK(at(tokens)[r->place] == TOKEN_NOTE_ON + pitches[20]);
    CHECK(at(tokens)[r->place - r->lag] == TOKEN_NOTE_ON + 50);
    g_array_unref(found);
    g_array_unref(tokens);
}

TEST(a_note_after_eight_that_were_played_before_recurs) { check_last(theme, true); }

TEST(it_is_wrong_if_another_followed_then) {
    int other[21];
    memcpy(other, theme, sizeof theme);
    other[20] = 51;
    check_last(other, false);
}

TEST(seven_are_too_few) {
    int other[21];
    memcpy(other, theme, sizeof theme);
    other[12] = 61;
    GArray *tokens = tokens_of(other, 21),
           *found = recurrences(at(tokens), (int)tokens->len, false);
    CHECK(found->len == 0);
    g_array_unref(found);
    g_array_unref(tokens);
}

TEST(moved_by_a_fourth_it_recurs_only_at_any_pitch) {
    int other[21];
    memcpy(other, theme, sizeof theme);
    for (int i = 12; i < 21; i++) other[i] += 5;
    GArray *tokens = tokens_of(other, 21);
    GArray *same = recurrences(at(tokens), (int)tokens->len, false),
           *moved = recurrences(at(tokens), (int)tokens->len, true);
    CHECK(same->len == 0 && moved->len == 1 && nth(moved, 0)->right);
    g_array_unref(same);
    g_array_unref(moved);
    g_array_unref(tokens);
}

TEST(of_several_places_the_last_counts) {
    int three[33];
    memcpy(three, theme, sizeof theme);
    memcpy(three + 21, theme + 9, 12 * sizeof *theme);
    three[20] = 51;
    three[21] = 88, three[22] = 41, three[23] = 93;
    GArray *tokens = tokens_of(three, 33),
           *found = recurrences(at(tokens), (int)tokens->len, false);
    guint last = found->len - 1;
    CHECK(found->len == 2 && !nth(found, 0)->right && !nth(found, last)->right);
    CHECK(at(tokens)[nth(found, last)->place - nth(found, last)->lag] ==
          TOKEN_NOTE_ON + 51);
    g_array_unref(found);
    g_array_unref(tokens);
}

// Two chords of five, struck from below and then from above, within 30 ms, and a note.
TEST(a_chord_is_the_same_however_it_was_struck) {
    Performance p = {0};
    static const uint8_t chord[] = {48, 55, 60, 64, 67};
    for (int time = 0; time < 2; time++)
        for (int c = 0; c < 2; c++)
            for (int i = 0; i < 5; i++) {
                int64_t onset = 10000000 * time + 500000 * c +
                                5000 * (time ? 4 - i : i);
                performance_add_note(
                    &p, (Note){onset, onset + 300000, (uint8_t)(chord[i] + c), 80});
            }
    performance_finish(&p);
    GArray *tokens = tokenizer_encode(&p, TOKENIZER_PEDAL);
    GArray *found = recurrences(at(tokens), (int)tokens->len, false);
    CHECK(found->len == 2 && nth(found, 0)->right && nth(found, 1)->right);
    CHECK(!nth(found, 0)->alone && !nth(found, 1)->alone);
    g_array_unref(found);
    g_array_unref(tokens);
    performance_clear(&p);
}

int main(void) {
    RUN(a_note_after_eight_that_were_played_before_recurs);
    RUN(it_is_wrong_if_another_followed_then);
    RUN(seven_are_too_few);
    RUN(moved_by_a_fourth_it_recurs_only_at_any_pitch);
    RUN(of_several_places_the_last_counts);
    RUN(a_chord_is_the_same_however_it_was_struck);
    return test_end();
}
