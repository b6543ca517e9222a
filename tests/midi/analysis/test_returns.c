#include "midi/analysis/returns.h"
#include "model/rng.h"
#include "tests/test.h"

enum { TENTH = 100000, THEME = 20 };

static Rng rng;

static int anything(void) { return (int)rng_below(&rng, 128); }

static void add(Performance *p, int64_t onset, int pitch) {
    performance_add_note(p, (Note){onset, onset + TENTH, (uint8_t)pitch, 80});
}

// Makes random notes, one each tenth of a second, with a theme of 20 notes at 0 and
// again, so many semitones higher, `after` seconds later. The music continues for 40
// seconds after that.
static Performance theme_and_return(int after, int higher) {
    Performance p = {0};
    int theme[THEME];
    for (int i = 0; i < 10 * after + 400; i++) {
        int pitch = anything(), back = i - 10 * after;
        if (i < THEME) pitch = theme[i] = 20 + pitch % 80;
        if (back >= 0 && back < THEME) pitch = theme[back] + higher;
        add(&p, (int64_t)i * TENTH, pitch);
    }
    performance_finish(&p);
    return p;
}

// The 20 notes of a theme have 13 groups of 8, and 16 of 5, that return.
static void check_return(int after, int higher, ReturnLag bin) {
    Performance p = theme_and_return(after, higher);
    Returns r;
    returns_measure(&r, &p, 0, 8, NULL);
    double groups = (double)p.note_count - 7;
    for (int i = 0; i < RETURN_NEVER; i++)
        CHECK_NEAR(r.share[i] * groups, i == (int)bin ? 13 : 0, 1e-6);
    CHECK_NEAR(r.share[RETURN_NEVER] * groups, groups - 13, 1e-6);
    CHECK_NEAR(r.rate * groups, bin >= RETURN_30 ? 13 : 0, 1e-6);
    returns_measure(&r, &p, 0, 5, NULL);
    CHECK_NEAR(r.share[bin] * (groups + 3), 16, 1e-6);
    performance_clear(&p);
}

TEST(a_theme_counts_where_its_lag_is_at_any_pitch) {
    check_return(3, 0, RETURN_4);
    check_return(4, -3, RETURN_15);
    check_return(14, 2, RETURN_15);
    check_return(15, 0, RETURN_30);
    check_return(29, 12, RETURN_30);
    check_return(30, 1, RETURN_60);
    check_return(60, -7, RETURN_LATER);
    check_return(200, 5, RETURN_LATER);
}

TEST(only_groups_from_a_moment_on_count_but_all_that_was_before_is_known) {
    Performance p = theme_and_return(20, 0);
    Returns r;
    returns_measure(&r, &p, 20000000, 8, NULL);
    CHECK_NEAR(r.rate, 13.0 / (400 - 7), 1e-9);
    returns_measure(&r, &p, 20000000 + 5 * TENTH, 8, NULL);
    CHECK_NEAR(r.rate, 8.0 / (395 - 7), 1e-9);
    performance_clear(&p);
}

TEST(an_ostinato_is_no_return_however_long_it_lasts) {
    Performance p = {0};
    const int block[] = {60, 64, 67};
    for (int i = 0; i < 900; i++) add(&p, (int64_t)i * TENTH, block[i % 3]);
    performance_finish(&p);
    Returns r;
    returns_measure(&r, &p, 0, 8, NULL);
    CHECK(r.rate == 0);
    CHECK_NEAR(r.share[RETURN_4], 1 - 9.0 / 893, 1e-9); // 9 have none before them
    performance_clear(&p);
}

TEST(a_group_does_not_overlap_what_it_brings_back) {
    // 16 equal notes: group 8 is the first with 8 notes before it.
    Performance p = {0};
    for (int i = 0; i < 16; i++) add(&p, (int64_t)i * TENTH, 60);
    Returns r;
    returns_measure(&r, &p, 0, 8, NULL);
    CHECK_NEAR(r.share[RETURN_4], 1 / 9.0, 1e-9);
    performance_clear(&p);
}

// The definition as plain code: compares each pair of groups.
static void plain(double share[RETURN_LAGS], const Performance *p, int64_t from,
                  const Performance *other) {
    static const double least[] = {0, 4e6, 15e6, 30e6, 60e6};
    int count = (int)p->note_count - 7, all = 0;
    memset(share, 0, RETURN_LAGS * sizeof *share);
    for (int i = 0; i < count; i++) {
        if (p->notes[i].onset < from) continue;
        double lag = -1;
        for (int own = 1; own >= 0; own--) {
            const Performance *in = own ? p : other;
            for (int j = 0; in && lag < 0 && j + 7 < (int)in->note_count; j++) {
                if (own && j + 8 > i) break;
                // The latest group comes first.
                int k = own ? i - 8 - j : (int)in->note_count - 8 - j;
                double now = (double)(p->notes[i].onset - in->notes[k].onset);
                bool in_reach = !other || (own ? now < 15e6 : now >= 15e6);
                bool same = true;
                for (int n = 1; n < 8; n++)
                    same = same &&
                           p->notes[i + n].pitch - p->notes[i + n - 1].pitch ==
                               in->notes[k + n].pitch - in->notes[k + n - 1].pitch;
                if (same && in_reach) lag = now;
            }
        }
        int bin = lag < 0 ? RETURN_NEVER : RETURN_LATER;
        while (bin < RETURN_NEVER && lag < least[bin]) bin--;
        share[bin]++;
        all++;
    }
    for (int i = 0; i < RETURN_LAGS; i++) share[i] /= all;
}

// With two pitches there are so few groups of 8 that they return all the time.
static Performance two_pitches(int notes) {
    Performance p = {0};
    for (int64_t i = 0, onset = 0; i < notes; i++) {
        add(&p, onset, 60 + (int)rng_below(&rng, 2));
        onset += 40000 + rng_below(&rng, 600000);
    }
    performance_finish(&p);
    return p;
}

TEST(shares_are_those_of_the_definition_pair_by_pair_and_those_by_chance_too) {
    for (int i = 0; i < 6; i++) {
        Performance p = two_pitches(300), other = two_pitches(250);
        for (int with = 0; with < 2; with++) {
            double want[RETURN_LAGS];
            Returns got;
            int64_t from = i % 2 ? 20000000 : 0;
            plain(want, &p, from, with ? &other : NULL);
            returns_measure(&got, &p, from, 8, with ? &other : NULL);
            for (int bin = 0; bin < RETURN_LAGS; bin++)
                CHECK_NEAR(got.share[bin], want[bin], 1e-12);
            CHECK(want[RETURN_30] > 0 && want[RETURN_NEVER] > 0);
        }
        performance_clear(&p);
        performance_clear(&other);
    }
}

TEST(by_chance_nothing_returns_of_music_that_shares_nothing) {
    Performance p = theme_and_return(20, 0), other = theme_and_return(20, 0);
    Returns r;
    returns_measure(&r, &p, 0, 8, &other);
    CHECK(r.rate == 0 && r.share[RETURN_NEVER] == 1);
    returns_measure(&r, &p, 0, 8, &p); // the piece shares everything with itself
    CHECK_NEAR(r.rate, 13.0 / (double)(p.note_count - 7), 1e-9);
    performance_clear(&p);
    performance_clear(&other);
}

TEST(music_shorter_than_a_group_has_no_returns) {
    Performance p = {0};
    Returns r;
    returns_measure(&r, &p, 0, 8, NULL);
    CHECK(r.share[RETURN_NEVER] == 0 && r.rate == 0);
    for (int i = 0; i < 7; i++) add(&p, (int64_t)i * TENTH, 60);
    returns_measure(&r, &p, 0, 8, &p);
    CHECK(r.share[RETURN_NEVER] == 0 && r.rate == 0);
    performance_clear(&p);
}

int main(void) {
    rng = rng_new(1, 0);
    RUN(a_theme_counts_where_its_lag_is_at_any_pitch);
    RUN(only_groups_from_a_moment_on_count_but_all_that_was_before_is_known);
    RUN(an_ostinato_is_no_return_however_long_it_lasts);
    RUN(a_group_does_not_overlap_what_it_brings_back);
    RUN(shares_are_those_of_the_definition_pair_by_pair_and_those_by_chance_too);
    RUN(by_chance_nothing_returns_of_music_that_shares_nothing);
    RUN(music_shorter_than_a_group_has_no_returns);
    return test_end();
}
