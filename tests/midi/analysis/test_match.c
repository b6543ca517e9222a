#include "midi/analysis/match.h"
#include "tests/midi/analysis/match_add.h"
#include "tests/test.h"

static GRand *dice; // seeded, so every run is the same

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

// Replaces the notes of `to` from `at` on by those of `from`, transposed and in another
// rhythm.
static void copy(Performance *to, int at, const Performance *from, int first, int count,
                 int semitones) {
    for (int i = 0; i < count; i++) {
        to->notes[at + i].pitch = (uint8_t)(from->notes[first + i].pitch + semitones);
        to->notes[at + i].onset += i % 3 * 10000;
    }
}

// Makes the intervals before and after a copy differ from the source's.
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
    CHECK(match_sort(m, NULL));
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
    CHECK(match_sort(m, NULL));
    Performance p = melody(1000);
    // There are 10^8 pairs of places, and an interval agrees about once in 100.
    CHECK(match_longest(m, &p).notes >= 4 && match_longest(m, &p).notes <= 8);
    performance_clear(&p);
    match_free(m);
}

// The index finds a match as long as a search of all pairs does.
TEST(no_match_is_longer) {
    for (int trial = 0; trial < 50; trial++) {
        MatchIndex *m = match_new();
        Performance pieces[3], p = melody(60);
        // Few pitches, so that many intervals agree.
        for (int i = 0; i < 60; i++) p.notes[i].pitch = 60 + p.notes[i].pitch % 3;
        for (int k = 0; k < 3; k++) {
            pieces[k] = melody(1 + 40 * k);
            for (size_t i = 0; i < pieces[k].note_count; i++)
                pieces[k].notes[i].pitch = 40 + pieces[k].notes[i].pitch % 3;
            match_add(m, &pieces[k]);
        }
        CHECK(match_sort(m, NULL));
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
    CHECK(match_sort(m, NULL));
    Match found = match_longest(m, &whole);
    CHECK(found.notes == 50 && found.piece == 0);
    performance_clear(&whole);
    for (int k = 0; k < 2; k++) performance_clear(&halves[k]);
    match_free(m);
}

TEST(every_passage_is_found_and_no_note_is_in_two) {
    MatchIndex *m = match_new();
    Performance pieces[2] = {melody(3000), melody(3000)}, p = melody(500);
    for (int k = 0; k < 2; k++) match_add(m, &pieces[k]);
    CHECK(match_sort(m, NULL));
    // Two adjacent passages, a separate one, and one that is too short.
    const struct {
        int piece, first, at, length, semitones;
    } planted[] = {{0, 100, 40, 20, 3}, {1, 700, 60, 30, -4}, {1, 50, 200, 16, 0}},
      brief = {0, 900, 400, 14, 1};
    for (int i = 0; i < 3; i++) {
        const Performance *from = &pieces[planted[i].piece];
        copy(&p, planted[i].at, from, planted[i].first, planted[i].length,
             planted[i].semitones);
        part(&p, planted[i].at - 1, from, planted[i].first - 1, planted[i].semitones);
    }
    part(&p, 39, &pieces[0], 99, 3);
    copy(&p, 40, &pieces[0], 100, 20, 3); // the next call of part() changed its end
    copy(&p, brief.at, &pieces[0], brief.first, brief.length, brief.semitones);
    for (int i = 1; i < 3; i++)
        part(&p, planted[i].at + planted[i].length, &pieces[planted[i].piece],
             planted[i].first + planted[i].length, planted[i].semitones);
    GArray *found = match_passages(m, &p, 16);
    CHECK(found->len == 3);
    for (guint i = 0; i < found->len; i++) {
        const Match *match = &g_array_index(found, Match, i);
        CHECK(match->piece == planted[i].piece);
        CHECK(match->notes == planted[i].length);
        CHECK(match->transposed == planted[i].semitones);
        CHECK(match->query_onset == p.notes[planted[i].at].onset);
        CHECK(match->query_last ==
              p.notes[planted[i].at + planted[i].length - 1].onset);
        CHECK(match->onset == planted[i].first * 100000);
    }
    g_array_unref(found);
    // There is no passage from a piece that was not added, and none in an empty piece.
    Performance other = melody(3000), none = {0};
    found = match_passages(m, &other, 16);
    CHECK(found->len == 0);
    g_array_unref(found);
    found = match_passages(m, &none, 16);
    CHECK(found->len == 0);
    g_array_unref(found);
    for (int k = 0; k < 2; k++) performance_clear(&pieces[k]);
    performance_clear(&p);
    performance_clear(&other);
    match_free(m);
}

// Makes notes whose intervals repeat a figure.
static void repeat(Performance *p, int at, int count, const int *figure, int length) {
    int pitch = 60;
    for (int i = 0; i < count; i++) {
        p->notes[at + i].pitch = (uint8_t)pitch;
        pitch += figure[i % length];
        if (pitch < 20 || pitch > 100) pitch = 60;
    }
}

TEST(what_repeats_a_figure_is_no_passage) {
    static const int trill[] = {2, -2}, scale[] = {2, 2, 1, 2, 2, 2, 1},
                     octaves[] = {12, -11, 12, -10}, alberti[] = {7, -3, 3, -7},
                     chord[] = {0};
    const struct {
        const int *figure;
        int length;
    } figures[] = {{trill, 2}, {scale, 7}, {octaves, 4}, {alberti, 4}, {chord, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
        MatchIndex *m = match_new();
        Performance piece = melody(300), p = melody(200);
        repeat(&piece, 50, 60, figures[i].figure, figures[i].length);
        repeat(&p, 80, 60, figures[i].figure, figures[i].length);
        match_add(m, &piece);
        CHECK(match_sort(m, NULL));
        CHECK(match_longest(m, &p).notes >= 20);
        GArray *found = match_passages(m, &p, 16);
        CHECK(found->len == 0);
        g_array_unref(found);
        // Beside such a figure, a distinctive passage is found.
        copy(&p, 120, &piece, 90, 60, 5);
        found = match_passages(m, &p, 16);
        CHECK(found->len == 1 && g_array_index(found, Match, 0).notes >= 60);
        g_array_unref(found);
        performance_clear(&piece);
        performance_clear(&p);
        match_free(m);
    }
}

TEST(one_note_for_ever_and_the_same_piece_twice_are_no_burden) {
    MatchIndex *m = match_new();
    Performance p = melody(20000), twin = melody(20000);
    for (int i = 0; i < 20000; i++) p.notes[i].pitch = 60;
    match_add(m, &p);
    match_add(m, &twin);
    match_add(m, &twin);
    CHECK(match_sort(m, NULL));
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
    CHECK(match_sort(m, NULL));
    CHECK(match_longest(m, &none).notes == 0 && match_longest(m, &one).notes == 0);
    CHECK(match_longest(m, &some).notes == 0);
    match_free(m);
    match_free(NULL);
    m = match_new();
    CHECK(match_sort(m, NULL));
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
    RUN(every_passage_is_found_and_no_note_is_in_two);
    RUN(what_repeats_a_figure_is_no_passage);
    RUN(one_note_for_ever_and_the_same_piece_twice_are_no_burden);
    RUN(nothing_matches_nothing);
    g_rand_free(dice);
    return test_end();
}
