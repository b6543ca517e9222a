#include "app/evaluation/interval.h"
#include "app/evaluation/music/compression.h"
#include "app/evaluation/music/form_report.h"
#include "model/rng.h"
#include "tests/test.h"

enum { TENTH = 100000, SECOND = 1000000 };

static Rng rng;

static void add(Performance *p, int64_t onset, int pitch) {
    performance_add_note(p, (Note){onset, onset + TENTH, (uint8_t)pitch, 80});
}

// Makes random notes, one each tenth of a second.
static Performance anything(int notes) {
    Performance p = {0};
    for (int i = 0; i < notes; i++)
        add(&p, (int64_t)i * TENTH, (int)rng_below(&rng, 88));
    performance_finish(&p);
    return p;
}

// Repeats the first `theme` notes again and again.
static Performance over_and_over(int theme, int notes) {
    Performance p = anything(notes);
    for (int i = theme; i < notes; i++) p.notes[i].pitch = p.notes[i - theme].pitch;
    return p;
}

static double compression_of(Performance p) {
    double ret = compression_measure(&p);
    performance_clear(&p);
    return ret;
}

// --- compression ---

TEST(music_without_repetition_packs_as_well_in_any_order) {
    for (int i = 0; i < 10; i++) CHECK_NEAR(compression_of(anything(600)), 1, 0.01);
}

TEST(a_theme_that_returns_packs_better_than_when_shuffled_the_longer_the_more) {
    double before = 1;
    for (int times = 2; times <= 8; times *= 2) {
        double now = compression_of(over_and_over(800 / times, 800));
        CHECK(now > before + 0.1);
        before = now;
    }
}

TEST(what_repeats_block_by_block_is_the_same_in_any_order) {
    // The same block of 8 notes again and again, so shuffling changes nothing.
    CHECK(compression_of(over_and_over(COMPRESSION_BLOCK, 400)) == 1);
    CHECK(compression_of(anything(15)) == 1 && compression_of(anything(0)) == 1);
}

TEST(the_same_music_packs_the_same_at_any_pitch_and_tempo) {
    Performance p = over_and_over(50, 300);
    double here = compression_measure(&p);
    for (size_t i = 0; i < p.note_count; i++) {
        p.notes[i].pitch = (uint8_t)(p.notes[i].pitch + 20);
        p.notes[i].onset *= 3;
        p.notes[i].release *= 3;
    }
    CHECK(compression_measure(&p) == here);
    performance_clear(&p);
}

// --- intervals ---

TEST(equal_pieces_have_an_interval_of_no_width_and_none_has_none) {
    double values[] = {2.5, 2.5, (double)NAN, 2.5};
    Interval x = interval_of(values, 4);
    CHECK(x.pieces == 3 && x.mean == 2.5 && x.low == 2.5 && x.high == 2.5);
    x = interval_of(values + 2, 1);
    CHECK(x.pieces == 0 && isnan(x.mean) && isnan(x.low) && isnan(x.high));
}

TEST(an_interval_is_that_of_the_normal_distribution_for_many_pieces) {
    double values[400], sum = 0, squares = 0;
    for (int i = 0; i < 400; i++) {
        values[i] = 3 + rng_normal(&rng);
        sum += values[i];
        squares += values[i] * values[i];
    }
    double mean = sum / 400, error = sqrt((squares / 400 - mean * mean) / 400);
    Interval x = interval_of(values, 400);
    CHECK_NEAR(x.mean, mean, 1e-12);
    CHECK_NEAR(x.low, mean - 1.96 * error, 0.2 * error);
    CHECK_NEAR(x.high, mean + 1.96 * error, 0.2 * error);
}

TEST(an_interval_covers_the_truth_about_19_times_of_20) {
    int covered = 0;
    for (int i = 0; i < 200; i++) {
        double values[40];
        for (int k = 0; k < 40; k++) values[k] = rng_uniform(&rng);
        Interval x = interval_of(values, 40);
        covered += x.low <= 0.5 && x.high >= 0.5;
    }
    CHECK(covered > 174 && covered < 200); // five standard deviations below 190
}

// --- form ---

TEST(what_returns_from_before_the_cut_counts_and_lags_are_over_it) {
    Performance before = anything(300), span = anything(300), other = anything(600),
                another = anything(600);
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    // 20 notes from 10 seconds before the cut return 20 seconds after it.
    for (int i = 0; i < 20; i++)
        span.notes[200 + i].pitch = (uint8_t)(before.notes[200 + i].pitch + 1);
    FormMusic m = {&before, &span, others, 30 * SECOND, 30 * SECOND};
    double form[FORM_NUMBERS];
    form_measure(form, &m);
    CHECK_NEAR(form[FORM_BELOW_60], 13.0 / 293, 1e-9); // 30 seconds ago
    CHECK_NEAR(form[FORM_RETURN], 13.0 / 293, 1e-9);
    CHECK_NEAR(form[FORM_NEVER], 280.0 / 293, 1e-9);
    CHECK(form[FORM_RETURN_SHORT] >= 16.0 / 296);
    CHECK(isnan(form[FORM_CHANCE]) && isnan(form[FORM_CHANCE_SHORT]));
    CHECK_NEAR(form[FORM_COMPRESSION], 1, 0.02);
    // Chance is the return rate in the other piece, here the same piece.
    g_ptr_array_add(others, &before);
    form_measure(form, &m);
    CHECK_NEAR(form[FORM_CHANCE], 13.0 / 293, 1e-9);
    // With several pieces it is the median, so one of them may be the same piece again.
    g_ptr_array_add(others, &other);
    form_measure(form, &m);
    CHECK_NEAR(form[FORM_CHANCE], 6.5 / 293, 1e-9);
    g_ptr_array_add(others, &another);
    form_measure(form, &m);
    CHECK(form[FORM_CHANCE] == 0 && form[FORM_RETURN] > 0);
    Performance *all[] = {&before, &span, &other, &another};
    for (int i = 0; i < 4; i++) performance_clear(all[i]);
}

TEST(the_report_has_the_means_of_pieces_and_their_paired_difference) {
    MusicEval eval = {0};
    music_eval_init(&eval);
    const double takes[3][2] = {{0, 2}, {3, 3}, {5, 9}}, pianist[] = {2, 5, 12};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 2; k++) {
            Sample s = {.piece = i, .take = k + 1};
            s.form[FORM_RETURN] = takes[i][k];
            s.form[FORM_CHANCE] = i == 0 ? (double)NAN : 1;
            g_array_append_val(eval.samples[MUSIC_OF_TAKES], s);
        }
        Sample s = {.piece = i};
        s.form[FORM_RETURN] = pianist[i];
        g_array_append_val(eval.samples[MUSIC_OF_PIANIST], s);
        g_ptr_array_add(eval.pieces, g_new0(EvalPiece, 1));
    }
    FormIntervals x = form_intervals(&eval, FORM_RETURN);
    CHECK_NEAR(x.takes.mean, 11 / 3.0, 1e-12); // of 1, 3, 7
    CHECK_NEAR(x.pianist.mean, 19 / 3.0, 1e-12);
    CHECK_NEAR(x.difference.mean, -8 / 3.0, 1e-12); // of -1, -2, -5
    CHECK(x.difference.low >= -5 && x.difference.high <= -1 && x.takes.pieces == 3);
    CHECK(form_intervals(&eval, FORM_CHANCE).takes.pieces == 2);
    music_eval_clear(&eval);
}

int main(void) {
    rng = rng_new(1, 0);
    RUN(music_without_repetition_packs_as_well_in_any_order);
    RUN(a_theme_that_returns_packs_better_than_when_shuffled_the_longer_the_more);
    RUN(what_repeats_block_by_block_is_the_same_in_any_order);
    RUN(the_same_music_packs_the_same_at_any_pitch_and_tempo);
    RUN(equal_pieces_have_an_interval_of_no_width_and_none_has_none);
    RUN(an_interval_is_that_of_the_normal_distribution_for_many_pieces);
    RUN(an_interval_covers_the_truth_about_19_times_of_20);
    RUN(what_returns_from_before_the_cut_counts_and_lags_are_over_it);
    RUN(the_report_has_the_means_of_pieces_and_their_paired_difference);
    return test_end();
}
