#include "midi/analysis/match.h"
#include "tests/test.h"

static GRand *dice; // the same throws at every run

// Notes 100 ms apart, so that no two are a chord.
static Performance melody(int notes) {
    Performance p = {0};
    for (int i = 0; i < notes; i++) {
        int64_t onset = i * 100000;
        performance_add_note(&p, (Note){onset, onset + 90000,
                                        (uint8_t)g_rand_int_range(dice, 20, 100), 80});
    }
    performance_finish(&p);
    return p;
}

// `to`'s notes from `at` on become those of `from`, transposed and in another rhythm.
static void copy(Performance *to, int at, const Performance *from, int first, int count,
                 int semitones) {
    for (int i = 0; i < count; i++) {
        to->notes[at + i].pitch = (uint8_t)(from->notes[first + i].pitch + semitones);
        to->notes[at + i].onset += i % 3 * 10000;
    }
}

// An interval other than the source's where a copy begins and ends.
static void part(Performance *p, int at, const Performance *from, int first,
                 int semitones) {
    int same = from->notes[first].pitch + semitones;
    p->notes[at].pitch = (uint8_t)(same == 60 ? 61 : 60);
}

TEST(a_copied_transposed_passage_is_found_with_its_length_and_places) {
    MatchIndex *m = match_new();
    Performance pieces[5];
    for (int i = 0; i < 5; i++) {
        pieces[i] = melody(2000);
        CHECK(match_add(m, &pieces[i]));
    }
    match_sort(m);
    for (int trial = 0; trial < 200; trial++) {
        Performance p = melody(400);
        int piece = g_rand_int_range(dice, 0, 5), length = 12 + trial;
        int first = g_rand_int_range(dice, 1, 2000 - length);
        int at = g_rand_int_range(dice, 1, 400 - length);
        int semitones = g_rand_int_range(dice, -12, 13);
        copy(&p, at, &pieces[piece], first, length, semitones);
        part(&p, at - 1, &pieces[piece], first - 1, semitones);
        part(&p, at + length, &pieces[piece], first + length, semitones);
        Match found = match_longest(m, &p);
        CHECK(found.notes == length && found.piece == piece);
        CHECK(found.transposed == semitones);
        CHECK(found.onset == first * 100000 && found.query_onset == at * 100000);
        performance_clear(&p);
    }
    for (int i = 0; i < 5; i++) performance_clear(&pieces[i]);
    match_free(m);
}

TEST(random_music_matches_shortly) {
    MatchIndex *m = match_new();
    for (int i = 0; i < 20; i++) {
        Performance p = melody(5000);
        match_add(m, &p);
        performance_clear(&p);
    }
    match_sort(m);
    Performance p = melody(1000);
    // 10^8 pairs of places, and an interval agrees once in about 100 times.
    CHECK(match_longest(m, &p).notes >= 4 && match_longest(m, &p).notes <= 8);
    performance_clear(&p);
    match_free(m);
}

// What the index says is as long as what a search of all pairs finds.
TEST(no_match_is_longer) {
    for (int trial = 0; trial < 50; trial++) {
        MatchIndex *m = match_new();
        Performance pieces[3], p = melody(60);
        // Few pitches, so that much agrees.
        for (int i = 0; i < 60; i++) p.notes[i].pitch = 60 + p.notes[i].pitch % 3;
        for (int k = 0; k < 3; k++) {
            pieces[k] = melody(1 + 40 * k);
            for (size_t i = 0; i < pieces[k].note_count; i++)
                pieces[k].notes[i].pitch = 40 + pieces[k].notes[i].pitch % 3;
            match_add(m, &pieces[k]);
        }
        match_sort(m);
        int longest = 1;
        for (int k = 0; k < 3; k++)
            for (int a = 0; a < 60; a++)
                for (int b = 0; b < (int)pieces[k].note_count; b++) {
                    int n = 1;
                    while (a + n < 60 && b + n < (int)pieces[k].note_count &&
                           p.notes[a + n].pitch - p.notes[a + n - 1].pitch ==
                               pieces[k].notes[b + n].pitch -
                                   pieces[k].notes[b + n - 1].pitch)
                        n++;
                    longest = MAX(longest, n);
                }
        CHECK(match_longest(m, &p).notes == longest);
        for (int k = 0; k < 3; k++) performance_clear(&pieces[k]);
        performance_clear(&p);
        match_free(m);
    }
}

TEST(a_match_does_not_reach_from_piece_to_piece) {
    MatchIndex *m = match_new();
    Performance whole = melody(100), halves[2] = {{0}, {0}};
    for (int i = 0; i < 100; i++) performance_add_note(&halves[i / 50], whole.notes[i]);
    for (int k = 0; k < 2; k++) match_add(m, &halves[k]);
    match_sort(m);
    Match found = match_longest(m, &whole);
    CHECK(found.notes == 50 && found.piece == 0);
    performance_clear(&whole);
    for (int k = 0; k < 2; k++) performance_clear(&halves[k]);
    match_free(m);
}

TEST(one_note_for_ever_and_the_same_piece_twice_are_no_burden) {
    MatchIndex *m = match_new();
    Performance p = melody(20000), twin = melody(20000);
    for (int i = 0; i < 20000; i++) p.notes[i].pitch = 60;
    match_add(m, &p);
    match_add(m, &twin);
    match_add(m, &twin);
    match_sort(m);
    CHECK(match_longest(m, &p).notes == MATCH_LONGEST);
    CHECK(match_longest(m, &twin).notes == MATCH_LONGEST);
    performance_clear(&p);
    performance_clear(&twin);
    match_free(m);
}

TEST(nothing_matches_nothing) {
    MatchIndex *m = match_new();
    Performance none = {0}, one = melody(1), some = melody(9);
    match_add(m, &none);
    match_add(m, &one);
    match_sort(m);
    CHECK(match_longest(m, &none).notes == 0 && match_longest(m, &one).notes == 0);
    CHECK(match_longest(m, &some).notes == 0);
    match_free(m);
    match_free(NULL);
    m = match_new();
    match_sort(m);
    CHECK(match_longest(m, &some).notes == 0);
    match_free(m);
    performance_clear(&one);
    performance_clear(&some);
}

int main(void) {
    dice = g_rand_new_with_seed(3);
    RUN(a_copied_transposed_passage_is_found_with_its_length_and_places);
    RUN(random_music_matches_shortly);
    RUN(no_match_is_longer);
    RUN(a_match_does_not_reach_from_piece_to_piece);
    RUN(one_note_for_ever_and_the_same_piece_twice_are_no_burden);
    RUN(nothing_matches_nothing);
    g_rand_free(dice);
    return test_end();
}
