// chords.c beside its equations as plain loops, in music where passages return.
#include "tests/model/recall/plain_chords.h"
#include "tests/test.h"

// What was met in the comparisons, for without it they would show little.
static bool met[CHORD_LENGTHS * CHORD_LEFT];

static void check_sequence(uint64_t seed, int ids, int span) {
    Token tokens[COUNT];
    Config c = config_of(ids);
    ChordIndex x = {0};
    make_tokens(tokens, seed, ids);
    for (int n = 0; n <= COUNT; n++) {
        uint8_t code[EDGE], want[EDGE];
        chord_index_set(&x, tokens, n, &c);
        bool found = plain_listen(want, tokens, n, span, ids);
        CHECK(chords_listen(code, &x, span, &c) == found);
        CHECK(memcmp(code, want, (size_t)ids) == 0);
        for (int q = 0; q < ids; q++) met[want[q]] = true;
    }
    chord_index_free(&x);
}

TEST(what_is_found_is_the_equation_as_plain_loops) {
    for (int i = 0; i < 20; i++) {
        check_sequence((uint64_t)i, 128, 0);
        check_sequence((uint64_t)i, 24, 0);
        check_sequence((uint64_t)i, 7, 0);
    }
    for (int at = CHORD_LEFT; at < CHORD_LENGTHS * CHORD_LEFT; at++)
        CHECK(met[at] == (at % CHORD_LEFT > 0));
}

TEST(of_the_chords_those_that_begin_in_the_span_count) {
    static const int spans[] = {1, 2, 9, 40, 150, COUNT - 1, COUNT, COUNT + 1};
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        check_sequence(20 + i, 128, spans[i]);
        check_sequence(20 + i, 12, spans[i]);
    }
}

static void random_logits(real *z, real *table, uint64_t seed) {
    Rng r = rng_new(seed, 6);
    for (int q = 0; q < EDGE; q++) z[q] = (real)(3 * rng_normal(&r));
    for (int i = 0; i < CHORD_LENGTHS * CHORD_LEFT; i++)
        table[i] = (real)(rng_normal(&r) / 32);
}

static double sum_of_exp(const real *z, int ids) {
    double sum = 0;
    for (int q = 0; q < ids; q++) sum += exp((double)z[q]);
    return sum;
}

TEST(the_term_moves_probability_among_the_ids_alone) {
    for (uint64_t seed = 0; seed < 40; seed++) {
        int ids = seed % 2 ? 128 : 11;
        real z[EDGE], was[EDGE], table[CHORD_LENGTHS * CHORD_LEFT];
        double b[EDGE], sum = 0, strength = (double)(seed % 4) / 2;
        uint8_t code[EDGE];
        Rng r = rng_new(seed, 7);
        random_logits(z, table, seed);
        memcpy(was, z, sizeof z);
        for (int q = 0; q < ids; q++) {
            code[q] = (uint8_t)rng_below(&r, CHORD_LENGTHS * CHORD_LEFT);
            b[q] = strength * 64 * (double)table[code[q]];
            sum += exp((double)was[q] + b[q]);
        }
        chords_add(z, code, table, (real)strength, ids);
        double before = sum_of_exp(was, ids), change = log(sum / before);
        for (int q = 0; q < ids; q++)
            CHECK_NEAR((double)z[q], (double)was[q] + b[q] - change, 1e-4);
        CHECK_NEAR(sum_of_exp(z, ids) / before, 1, 1e-4);
        CHECK(memcmp(z + ids, was + ids, (size_t)(EDGE - ids) * sizeof *z) == 0);
        CHECK((memcmp(z, was, sizeof z) == 0) == (strength == 0));
    }
}

TEST(each_latent_gets_the_term_of_its_own_place) {
    enum { N = 150, SPAN = 300 };
    static real logits[N * KINDS], want[N * KINDS];
    Config c = config_of(128);
    Token tokens[COUNT];
    real table[CHORD_LENGTHS * CHORD_LEFT], unused[EDGE];
    ChordActs a = {0};
    random_logits(unused, table, 1);
    CHECK(chord_acts_init(&a, N, &c));
    for (int window = 0; window < 2; window++) {
        make_tokens(tokens, 30 + (uint64_t)window, 128);
        for (int i = 0; i < N * KINDS; i++) want[i] = logits[i] = (real)(i % 7);
        for (int i = 0; i < N; i++) {
            uint8_t code[EDGE];
            if (plain_listen(code, tokens, COUNT - N + 1 + i, SPAN, 128))
                chords_add(want + i * KINDS + FIRST, code, table, 1, 128);
        }
        chords_forward(NULL, &a, logits, table, tokens, COUNT, N, SPAN, &c);
        CHECK(memcmp(logits, want, sizeof want) == 0);
    }
    chord_acts_free(&a);
}

static void check_index(const ChordIndex *x, const Token *tokens, int n,
                        const Config *c) {
    ChordIndex whole = {0};
    chord_index_set(&whole, tokens, n, c);
    CHECK(x->count == whole.count && x->length == n && x->step == whole.step);
    for (int i = 0; i < MIN(x->count, whole.count); i++) {
        const Chord *a = &x->at[i], *b = &whole.at[i];
        CHECK(a->ids.low == b->ids.low && a->ids.high == b->ids.high);
        CHECK(a->place == b->place && a->step == b->step && a->notes == b->notes &&
              a->lowest == b->lowest);
    }
    chord_index_free(&whole);
}

TEST(an_index_that_was_cut_and_read_on_is_that_of_the_whole) {
    Token tokens[COUNT], other[COUNT];
    Config c = config_of(128);
    ChordIndex x = {0};
    Rng r = rng_new(1, 8);
    make_tokens(tokens, 40, 128);
    for (int i = 0; i < 300; i++) {
        int cut = among(&r, 0, COUNT), n = among(&r, 0, COUNT);
        chord_index_cut(&x, cut);
        if (rng_below(&r, 2)) {
            make_tokens(other, 41 + (uint64_t)i, 128);
            memcpy(tokens + cut, other + cut, (size_t)(COUNT - cut) * sizeof *other);
        }
        chord_index_set(&x, tokens, n, &c);
        check_index(&x, tokens, n, &c);
    }
    chord_index_free(&x);
}

TEST(the_order_within_an_earlier_chord_does_not_matter) {
    static uint8_t code[COUNT + 1][EDGE];
    Token tokens[COUNT];
    Config c = config_of(128);
    ChordIndex whole = {0}, x = {0};
    int moved = 0;
    make_tokens(tokens, 50, 128);
    for (int n = 0; n <= COUNT; n++) {
        chord_index_set(&whole, tokens, n, &c);
        chords_listen(code[n], &whole, 0, &c);
    }
    for (int k = 0; k + 1 < whole.count; k++) {
        // Each entry of the chord takes the id of the next, the last that of the first.
        Token other[COUNT], first = tokens[whole.at[k].place];
        int last = whole.at[k].place, end = whole.at[k + 1].place;
        memcpy(other, tokens, sizeof other);
        for (int i = last + 1; i < end; i++)
            if (tokens[i] >= FIRST && tokens[i] < FIRST + 128)
                other[last] = tokens[i], last = i;
        other[last] = first;
        moved += memcmp(other, tokens, sizeof other) != 0;
        chord_index_cut(&x, 0);
        for (int n = end; n <= COUNT; n++) {
            uint8_t now[EDGE];
            chord_index_set(&x, other, n, &c);
            chords_listen(now, &x, 0, &c);
            CHECK(memcmp(now, code[n], sizeof now) == 0);
        }
    }
    CHECK(moved > 20);
    chord_index_free(&x);
    chord_index_free(&whole);
}

// C, F, G and C major; then, moved, C in another order and spread, and `known` notes of
// F.
static int play_cadence(Token *tokens, int by, int known) {
    static const int chords[4][3] = {
        {60, 64, 67}, {65, 69, 72}, {67, 71, 74}, {60, 64, 67}};
    int n = 0;
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 3; k++) tokens[n++] = FIRST + chords[i][k];
        tokens[n++] = TIME + 9;
    }
    for (int k = 2; k >= 0; k--) {
        tokens[n++] = FIRST + chords[0][k] + by;
        tokens[n++] = TIME;
    }
    tokens[n++] = TIME + 9;
    for (int k = 0; k < known; k++) tokens[n++] = FIRST + chords[1][k] + by;
    return n;
}

static void check_cadence(int by, int known, int code_of_a, int code_of_c) {
    Token tokens[40];
    uint8_t code[EDGE], want[EDGE] = {0};
    Config c = config_of(128);
    ChordIndex x = {0};
    chord_index_set(&x, tokens, play_cadence(tokens, by, known), &c);
    want[69 + by] = (uint8_t)code_of_a;
    want[72 + by] = (uint8_t)code_of_c;
    CHECK(chords_listen(code, &x, 0, &c));
    CHECK(memcmp(code, want, sizeof want) == 0);
    chord_index_free(&x);
}

TEST(after_one_note_of_a_chord_heard_before_its_others_are_expected) {
    static const int moves[] = {0, 7, -5}; // C major again, or in G above or below
    for (int i = 0; i < 3; i++) {
        // C, E, G and F have returned, and two notes are left: A and C.
        check_cadence(moves[i], 1, 4 * CHORD_LEFT + 2, 4 * CHORD_LEFT + 2);
        check_cadence(moves[i], 2, 0, 5 * CHORD_LEFT + 1);
    }
}

// Ten chords of three notes, then two notes; the last of the ten, then three notes, of
// which one is one of the two; and the ten again.
static int play_passages(Token *tokens, int last) {
    int n = 0;
    for (int hearing = 0; hearing < 3; hearing++) {
        for (int i = hearing == 1 ? 10 - last : 0; i < 10; i++) {
            for (int k = 0; k < 3; k++) tokens[n++] = FIRST + 40 + i * i % 23 + 4 * k;
            tokens[n++] = TIME + 9;
        }
        for (int k = 0; k < 2 + hearing && hearing < 2; k++)
            tokens[n++] = FIRST + 90 + (hearing ? 3 : 5) * k;
        tokens[n++] = TIME + 9;
    }
    return n;
}

TEST(of_passages_of_24_notes_or_more_the_newest_counts) {
    Config c = config_of(128);
    for (int last = 1; last <= 10; last++) {
        Token tokens[COUNT];
        uint8_t code[EDGE];
        ChordIndex x = {0};
        chord_index_set(&x, tokens, play_passages(tokens, last), &c);
        CHECK(chords_listen(code, &x, 0, &c));
        CHECK(code[90] == 12 * CHORD_LEFT + (3 * last >= 24 ? 3 : 2));
        CHECK(code[95] == 12 * CHORD_LEFT + 2);
        chord_index_free(&x);
    }
}

int main(void) {
    RUN(what_is_found_is_the_equation_as_plain_loops);
    RUN(of_the_chords_those_that_begin_in_the_span_count);
    RUN(of_passages_of_24_notes_or_more_the_newest_counts);
    RUN(the_term_moves_probability_among_the_ids_alone);
    RUN(each_latent_gets_the_term_of_its_own_place);
    RUN(an_index_that_was_cut_and_read_on_is_that_of_the_whole);
    RUN(the_order_within_an_earlier_chord_does_not_matter);
    RUN(after_one_note_of_a_chord_heard_before_its_others_are_expected);
    return test_end();
}
