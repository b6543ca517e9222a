#include "midi/augment.h"
#include "tests/streams.h"
#include "tests/test.h"

enum { STREAMS = 1000 };

static GArray *augmented(const GArray *tokens, TokenizerKind kind, int semitones,
                         double stretch) {
    return augment_piece(stream_tokens(tokens), tokens->len, kind, semitones, stretch);
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
    GArray *same = augmented(tokens, kind, 0, 1.0);
    CHECK(stream_equal(tokens, same));
    g_array_unref(same);
}

TEST(no_semitones_and_no_stretch_change_nothing) { for_random_streams(check_identity); }

static void check_legal(const GArray *tokens, TokenizerKind kind) {
    for (int i = 0; i < AUGMENT_SEMITONES * AUGMENT_STRETCHES; i++) {
        GArray *other = augmented(tokens, kind, i % AUGMENT_SEMITONES - 3,
                                  augment_stretch[i / AUGMENT_SEMITONES]);
        CHECK(stream_legal(other, kind));
        g_array_unref(other);
    }
}

TEST(an_augmented_stream_is_legal) { for_random_streams(check_legal); }

// The stream with notes that can be transposed by 3 either way and back.
static GArray *without_outer_keys(const GArray *tokens, TokenizerKind kind) {
    Performance p = {0};
    tokenizer_decode(&p, stream_tokens(tokens), tokens->len);
    for (size_t i = 0; i < p.note_count; i++)
        p.notes[i].pitch = (uint8_t)(p.notes[i].pitch % 100 + 10);
    performance_finish(&p);
    GArray *inner = tokenizer_encode(&p, kind);
    performance_clear(&p);
    return inner;
}

static void check_transposition(const GArray *tokens, TokenizerKind kind) {
    GArray *inner = without_outer_keys(tokens, kind);
    GArray *up = augmented(inner, kind, 3, 1.0);
    CHECK(up->len == inner->len);
    for (guint i = 0; i < inner->len && i < up->len; i++) {
        Token token = stream_tokens(inner)[i];
        bool moves = token_is_note_on(token) || token_is_note_off(token);
        CHECK(stream_tokens(up)[i] == token + (moves ? 3 : 0));
    }
    GArray *back = augmented(up, kind, -3, 1.0);
    CHECK(stream_equal(back, inner));
    g_array_unref(back);
    g_array_unref(up);
    g_array_unref(inner);
}

TEST(transposition_moves_the_notes_and_nothing_else) {
    for_random_streams(check_transposition);
}

TEST(a_note_that_would_leave_the_keyboard_keeps_its_pitch) {
    Token tokens[] = {TOKEN_SOS,
                      TOKEN_VELOCITY,
                      TOKEN_NOTE_ON + 10,
                      TOKEN_NOTE_ON + 126,
                      TOKEN_TIME_SHIFT,
                      TOKEN_NOTE_OFF + 10,
                      TOKEN_NOTE_OFF + 126,
                      TOKEN_EOS};
    GArray *up = augment_piece(tokens, G_N_ELEMENTS(tokens), TOKENIZER_PEDAL, 2, 1.0);
    tokens[2] += 2;
    tokens[5] += 2;
    CHECK(up->len == 8 && memcmp(up->data, tokens, sizeof tokens) == 0);
    g_array_unref(up);
}

static int64_t length(const GArray *tokens) {
    Performance p = {0};
    tokenizer_decode(&p, stream_tokens(tokens), tokens->len);
    int64_t end = performance_end(&p);
    performance_clear(&p);
    return end;
}

// The last moment to within half a step; a note may have to last one step longer.
static void check_stretch(const GArray *tokens, TokenizerKind kind) {
    for (int i = 0; i < AUGMENT_STRETCHES; i++) {
        GArray *other = augmented(tokens, kind, 0, augment_stretch[i]);
        double want = (double)length(tokens) * augment_stretch[i];
        CHECK_NEAR((double)length(other), want, 1.5 * STEP_MICROSECONDS);
        g_array_unref(other);
    }
}

TEST(a_stretch_multiplies_the_length) { for_random_streams(check_stretch); }

TEST(a_stretch_multiplies_every_time) {
    const Token tokens[] = {
        TOKEN_SOS,           TOKEN_TIME_SHIFT + 99, TOKEN_PEDAL_ON,
        TOKEN_VELOCITY,      TOKEN_NOTE_ON + 60,    TOKEN_TIME_SHIFT + 39,
        TOKEN_NOTE_OFF + 60, TOKEN_PEDAL_OFF,       TOKEN_EOS};
    const Token want[] = {
        TOKEN_SOS,           TOKEN_TIME_SHIFT + 94, TOKEN_PEDAL_ON,
        TOKEN_VELOCITY,      TOKEN_NOTE_ON + 60,    TOKEN_TIME_SHIFT + 37,
        TOKEN_NOTE_OFF + 60, TOKEN_PEDAL_OFF,       TOKEN_EOS};
    GArray *faster = augment_piece(tokens, G_N_ELEMENTS(tokens), TOKENIZER_PEDAL, 0,
                                   0.95);
    CHECK(faster->len == G_N_ELEMENTS(want));
    CHECK(memcmp(faster->data, want, sizeof want) == 0);
    g_array_unref(faster);
}

int main(void) {
    RUN(no_semitones_and_no_stretch_change_nothing);
    RUN(an_augmented_stream_is_legal);
    RUN(transposition_moves_the_notes_and_nothing_else);
    RUN(a_note_that_would_leave_the_keyboard_keeps_its_pitch);
    RUN(a_stretch_multiplies_the_length);
    RUN(a_stretch_multiplies_every_time);
    return test_end();
}
