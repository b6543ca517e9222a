#include "midi/augment.h"
#include "tests/streams.h"
#include "tests/test.h"

enum { STREAMS = SANITIZED ? 200 : 1000 };

static GArray *augmented(const GArray *tokens, Augmentation a) {
    int place = 0;
    return augment_tokens(stream_tokens(tokens), (int)tokens->len, &a, &place);
}

static void for_random_streams(void (*check)(const GArray *, TokenizerKind)) {
    GRand *random = g_rand_new_with_seed(7);
    for (int i = 0; i < STREAMS; i++) {
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        GArray *tokens = stream_random(kind, random, i % 300);
        check(tokens, kind);
        g_array_unref(tokens);
    }
    g_rand_free(random);
}

static void check_identity(const GArray *tokens, TokenizerKind kind) {
    GArray *same = augmented(tokens, (Augmentation){0, 1, 0});
    CHECK(stream_equal(tokens, same));
    g_array_unref(same);
}

TEST(an_augmentation_by_nothing_changes_nothing) { for_random_streams(check_identity); }

static void check_legal(const GArray *tokens, TokenizerKind kind) {
    static const Augmentation all[] = {{-5, 0.9, -2},  {6, 1.1, 2},   {0, 0.95, 0},
                                       {3, 1.003, 31}, {-127, 4, -9}, {127, 0.25, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        GArray *other = augmented(tokens, all[i]);
        CHECK(stream_legal(other, kind));
        g_array_unref(other);
    }
}

TEST(an_augmented_stream_is_legal) { for_random_streams(check_legal); }

static int pitch_of(Token t) {
    if (token_is_note_on(t)) return t - TOKEN_NOTE_ON;
    return token_is_note_off(t) ? t - TOKEN_NOTE_OFF : -1;
}

static void check_transposition(const GArray *tokens, TokenizerKind kind) {
    int lowest = 127;
    for (guint i = 0; i < tokens->len; i++) {
        int pitch = pitch_of(stream_tokens(tokens)[i]);
        if (pitch >= 0) lowest = MIN(lowest, pitch);
    }
    int down = MIN(lowest, 3);
    GArray *other = augmented(tokens, (Augmentation){-3, 1, 0});
    CHECK(other->len == tokens->len);
    for (guint i = 0; i < tokens->len && i < other->len; i++) {
        Token token = stream_tokens(tokens)[i];
        CHECK(stream_tokens(other)[i] == token - (pitch_of(token) >= 0 ? down : 0));
    }
    g_array_unref(other);
}

TEST(transposition_moves_the_notes_as_far_as_all_can_go_and_nothing_else) {
    for_random_streams(check_transposition);
}

static bool becomes(const Token *tokens, int count, Augmentation a, const Token *want,
                    int want_count) {
    int place = 0;
    GArray *got = augment_tokens(tokens, count, &a, &place);
    bool same = (int)got->len == want_count &&
                memcmp(got->data, want, (size_t)want_count * sizeof *want) == 0;
    g_array_unref(got);
    return same;
}
#define BECOMES(from, a, ...)                                                          \
    becomes(from, G_N_ELEMENTS(from), a, (const Token[]){__VA_ARGS__},                 \
            G_N_ELEMENTS(((const Token[]){__VA_ARGS__})))

TEST(no_note_leaves_the_keyboard) {
    const Token top[] = {TOKEN_SOS, TOKEN_VELOCITY, TOKEN_NOTE_ON + 10,
                         TOKEN_NOTE_ON + 126};
    CHECK(BECOMES(top, ((Augmentation){2, 1, 0}), TOKEN_SOS, TOKEN_VELOCITY,
                  TOKEN_NOTE_ON + 11, TOKEN_NOTE_ON + 127));
}

// Returns the times of a stream's events, in steps; to be freed.
static GArray *moments(const GArray *tokens) {
    GArray *all = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t now = 0;
    for (guint i = 0; i < tokens->len; i++) {
        Token t = stream_tokens(tokens)[i];
        if (token_is_time_shift(t))
            now += t - TOKEN_TIME_SHIFT + 1;
        else
            g_array_append_val(all, now);
    }
    return all;
}

// Compares the times `from` and `to` of the same events.
typedef void (*CheckMoments)(const int64_t *from, const int64_t *to, guint count,
                             double tempo);

static void check_tempo(const GArray *tokens, double tempo, CheckMoments check) {
    GArray *other = augmented(tokens, (Augmentation){0, tempo, 0});
    GArray *from = moments(tokens), *to = moments(other);
    CHECK(from->len == to->len);
    if (from->len == to->len)
        check((int64_t *)(void *)from->data, (int64_t *)(void *)to->data, from->len,
              tempo);
    g_array_unref(from), g_array_unref(to), g_array_unref(other);
}

static int64_t scaled(int64_t moment, double tempo) {
    return (int64_t)floor((double)moment * tempo + 0.5);
}

static void are_scaled(const int64_t *from, const int64_t *to, guint count,
                       double tempo) {
    for (guint i = 0; i < count; i++) CHECK(to[i] == scaled(from[i], tempo));
}

static void check_slower(const GArray *tokens, TokenizerKind kind) {
    check_tempo(tokens, 1.05, are_scaled);
    check_tempo(tokens, 1.0973, are_scaled);
}

TEST(a_slower_tempo_multiplies_every_time_and_rounding_does_not_add_up) {
    for_random_streams(check_slower);
}

// Close times stay distinct, so they may be late until a pause follows.
static void are_scaled_or_late(const int64_t *from, const int64_t *to, guint count,
                               double tempo) {
    for (guint i = 0; i < count; i++) {
        CHECK(to[i] >= scaled(from[i], tempo));
        if (i == 0) continue;
        CHECK((to[i] > to[i - 1]) == (from[i] > from[i - 1]));
        if (from[i] >= from[i - 1] + 100) CHECK(to[i] == scaled(from[i], tempo));
    }
}

static void check_faster(const GArray *tokens, TokenizerKind kind) {
    check_tempo(tokens, 0.95, are_scaled_or_late);
    check_tempo(tokens, 0.9031, are_scaled_or_late);
}

TEST(a_faster_tempo_does_too_but_lets_no_two_moments_become_one) {
    for_random_streams(check_faster);
}

TEST(velocities_move_together_and_stay_within_their_range) {
    const Token tokens[] = {TOKEN_VELOCITY + 28, TOKEN_NOTE_ON + 60,
                            TOKEN_VELOCITY + 30, TOKEN_NOTE_ON + 61,
                            TOKEN_VELOCITY + 31, TOKEN_NOTE_ON + 62,
                            TOKEN_VELOCITY,      TOKEN_NOTE_ON + 63};
    CHECK(BECOMES(tokens, ((Augmentation){0, 1, -2}), TOKEN_VELOCITY + 26,
                  TOKEN_NOTE_ON + 60, TOKEN_VELOCITY + 28, TOKEN_NOTE_ON + 61,
                  TOKEN_VELOCITY + 29, TOKEN_NOTE_ON + 62, TOKEN_VELOCITY,
                  TOKEN_NOTE_ON + 63));
    // Two equal velocities in a row are written once.
    CHECK(BECOMES(tokens, ((Augmentation){0, 1, 2}), TOKEN_VELOCITY + 30,
                  TOKEN_NOTE_ON + 60, TOKEN_VELOCITY + 31, TOKEN_NOTE_ON + 61,
                  TOKEN_NOTE_ON + 62, TOKEN_VELOCITY + 2, TOKEN_NOTE_ON + 63));
}

TEST(a_part_of_a_stream_ends_with_its_last_time_unless_that_may_go_on) {
    enum { SHIFT = TOKEN_TIME_SHIFT - 1, ON = TOKEN_NOTE_ON + 60 };
    const Token whole[] = {ON, SHIFT + 100, SHIFT + 50}, open[] = {ON, SHIFT + 100};
    Augmentation slower = {0, 1.1, 0}, faster = {0, 0.9, 0};
    CHECK(BECOMES(whole, slower, ON, SHIFT + 100, SHIFT + 65));
    CHECK(BECOMES(whole, faster, ON, SHIFT + 100, SHIFT + 35));
    CHECK(BECOMES(open, slower, ON));
    CHECK(BECOMES(open, faster, ON));
}

// Augments any part of any stream and checks the place of every token.
TEST(a_place_stays_that_of_its_token) {
    GRand *random = g_rand_new_with_seed(8);
    const Augmentation a = {1, 0.93, 1};
    for (int i = 0; i < 60; i++) {
        GArray *tokens = stream_random(TOKENIZER_PEDAL, random, 120);
        int from = g_rand_int_range(random, 0, 60), count = (int)tokens->len - from;
        const Token *part = stream_tokens(tokens) + from;
        int before = 0;
        for (int k = 0; k < count; k++) {
            int place = k;
            GArray *other = augment_tokens(part, count, &a, &place);
            CHECK(place >= before && place < (int)other->len);
            Token now = stream_tokens(other)[place];
            if (token_is_time_shift(part[k])) CHECK(token_is_time_shift(now));
            if (pitch_of(part[k]) >= 0)
                CHECK(token_is_note_on(now) == token_is_note_on(part[k]));
            if (token_is_velocity(part[k]))
                CHECK(token_is_velocity(now) || token_is_note_on(now));
            if (part[k] == TOKEN_PEDAL_ON || part[k] == TOKEN_EOS)
                CHECK(now == part[k]);
            before = place;
            g_array_unref(other);
        }
        g_array_unref(tokens);
    }
    g_rand_free(random);
}

int main(void) {
    RUN(an_augmentation_by_nothing_changes_nothing);
    RUN(an_augmented_stream_is_legal);
    RUN(transposition_moves_the_notes_as_far_as_all_can_go_and_nothing_else);
    RUN(no_note_leaves_the_keyboard);
    RUN(a_slower_tempo_multiplies_every_time_and_rounding_does_not_add_up);
    RUN(a_faster_tempo_does_too_but_lets_no_two_moments_become_one);
    RUN(velocities_move_together_and_stay_within_their_range);
    RUN(a_part_of_a_stream_ends_with_its_last_time_unless_that_may_go_on);
    RUN(a_place_stays_that_of_its_token);
    return test_end();
}
