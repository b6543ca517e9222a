#include "midi/analysis/statistics.h"
#include "tests/test.h"

enum { SECOND = 1000000 };

static GRand *dice; // seeded, so every run is the same

static void note(Performance *p, double onset, double length, int pitch, int velocity) {
    int64_t begin = (int64_t)(onset * SECOND);
    int64_t end = begin + (int64_t)(length * SECOND);
    performance_add_note(p, (Note){begin, end, (uint8_t)pitch, (uint8_t)velocity});
}

static Statistics measure(Performance *p, double from, double to) {
    Statistics s;
    performance_finish(p);
    statistics_measure(&s, p, (int64_t)(from * SECOND), (int64_t)(to * SECOND));
    return s;
}

// Makes a scale up and down over two octaves, `rate` notes per second, for ten seconds.
static Performance scale(double rate, int lowest) {
    Performance p = {0};
    for (int i = 0; i / rate < 10; i++) {
        int step = i % 28 < 14 ? i % 28 : 28 - i % 28;
        int pitch = lowest + step / 7 * 12 + "\0\2\4\5\7\11\13"[step % 7];
        note(&p, i / rate, 0.5 / rate, pitch, 60 + i % 20);
    }
    return p;
}

static Performance random_music(int notes, double seconds) {
    Performance p = {0};
    for (int i = 0; i < notes; i++)
        note(&p, g_rand_double_range(dice, 0, seconds),
             g_rand_double_range(dice, 0.02, 1), g_rand_int_range(dice, 30, 100),
             g_rand_int_range(dice, 1, 128));
    for (int i = 0; i < notes / 5; i++)
        performance_add_pedal(&p,
                              (int64_t)g_rand_double_range(dice, 0, seconds * SECOND),
                              (uint8_t)g_rand_int_range(dice, 0, 128));
    performance_finish(&p);
    return p;
}

TEST(a_scale_of_a_known_rate_gives_that_rate) {
    for (int rate = 1; rate <= 16; rate *= 2) {
        Performance p = scale(rate, 60);
        Statistics s = measure(&p, 0, 10);
        CHECK_NEAR(s.value[STATISTIC_NOTES], rate, 1e-9);
        CHECK_NEAR(s.value[STATISTIC_POLYPHONY], 0.5, 1e-4);
        CHECK_NEAR(s.value[STATISTIC_CHORDS], 0, 0);
        CHECK_NEAR(s.value[STATISTIC_SILENCE], 1.0 / rate, 1e-5);
        int filled = 0; // all gaps are in one bin
        for (int i = 0; i < STATISTICS_BINS; i++)
            filled += s.histogram[HISTOGRAM_GAPS][i] > 0;
        CHECK(filled == 1);
        if (rate >= 4) CHECK_NEAR(s.value[STATISTIC_RANGE], 24, 0);
        performance_clear(&p);
    }
}

TEST(histograms_are_shares) {
    for (int n = 2; n < 300; n *= 3) {
        Performance p = random_music(n, 20);
        Statistics s = measure(&p, 0, 20);
        for (int h = 0; h < HISTOGRAMS; h++) {
            double total = 0;
            for (int i = 0; i < STATISTICS_BINS; i++) total += s.histogram[h][i];
            CHECK_NEAR(total, 1, 1e-9);
        }
        performance_clear(&p);
    }
}

TEST(transposition_turns_the_pitch_classes_and_changes_nothing_else) {
    for (int semitones = -20; semitones <= 20; semitones++) {
        Performance p = random_music(200, 20), moved = {0};
        for (size_t i = 0; i < p.note_count; i++) {
            Note n = p.notes[i];
            n.pitch = (uint8_t)(n.pitch + semitones);
            performance_add_note(&moved, n);
        }
        for (size_t i = 0; i < p.pedal_count; i++)
            performance_add_pedal(&moved, p.pedal[i].time, p.pedal[i].value);
        Statistics a = measure(&p, 0, 20), b = measure(&moved, 0, 20);
        for (int i = 0; i < STATISTICS; i++) CHECK_NEAR(b.value[i], a.value[i], 1e-9);
        for (int h = HISTOGRAM_VELOCITIES; h < HISTOGRAMS; h++)
            CHECK_NEAR(statistics_distance(a.histogram[h], b.histogram[h]), 0, 1e-9);
        for (int i = 0; i < 12; i++)
            CHECK_NEAR(b.histogram[HISTOGRAM_CLASSES][(i + semitones + 24) % 12],
                       a.histogram[HISTOGRAM_CLASSES][i], 1e-9);
        performance_clear(&p);
        performance_clear(&moved);
    }
}

TEST(a_span_is_measured_like_a_piece_of_its_own) {
    Performance p = random_music(400, 30), alone = {0};
    performance_slice(&alone, &p, 10 * SECOND, 20 * SECOND);
    for (size_t i = 0; i < alone.note_count; i++) {
        alone.notes[i].onset -= 10 * SECOND;
        alone.notes[i].release -= 10 * SECOND;
    }
    for (size_t i = 0; i < alone.pedal_count; i++) alone.pedal[i].time -= 10 * SECOND;
    Statistics a = measure(&p, 10, 20), b = measure(&alone, 0, 10);
    for (int i = 0; i < STATISTICS; i++) CHECK_NEAR(a.value[i], b.value[i], 1e-9);
    performance_clear(&p);
    performance_clear(&alone);
}

TEST(a_looped_passage_has_its_loop_found) {
    for (int block = 2; block < 40; block += 7) {
        Performance p = {0};
        int pitches[40];
        for (int i = 0; i < block; i++) pitches[i] = g_rand_int_range(dice, 30, 100);
        pitches[0] = 29; // the block contains no shorter block
        int count = block * 6, before = 20;
        for (int i = 0; i < before; i++) note(&p, i * 0.1, 0.05, 100 + i, 80);
        for (int i = 0; i < count; i++)
            note(&p, (before + i) * 0.1, 0.05, pitches[i % block], 80);
        double end = (before + count) * 0.1;
        Statistics s = measure(&p, 0, end);
        CHECK(s.value[STATISTIC_BLOCK] == block * 3); // three notes and the same three
        CHECK_NEAR(s.value[STATISTIC_LOOP], (count - 1) * 0.1, 1e-4);
        CHECK_NEAR(s.value[STATISTIC_LOOP_AT_END], s.value[STATISTIC_LOOP], 1e-9);
        note(&p, end, 0.1, 1, 80);
        s = measure(&p, 0, end + 0.1);
        CHECK_NEAR(s.value[STATISTIC_LOOP], (count - 1) * 0.1, 1e-4);
        CHECK_NEAR(s.value[STATISTIC_LOOP_AT_END], 0, 0);
        performance_clear(&p);
    }
}

TEST(what_is_played_again_later_and_elsewhere_is_similar_to_itself) {
    Performance p = {0};
    int pitches[30];
    for (int i = 0; i < 30; i++) pitches[i] = g_rand_int_range(dice, 40, 80);
    for (int i = 0; i < 30; i++) note(&p, i * 0.2, 0.1, pitches[i], 80);
    CHECK_NEAR(measure(&p, 0, 20).value[STATISTIC_SIMILARITY], 0, 0);
    note(&p, 7, 0.1, 120, 80);
    for (int i = 0; i < 30; i++) note(&p, 8 + i * 0.1, 0.1, pitches[i] + 5, 80);
    // 61 notes have 54 groups of 8, of which 23 came before.
    CHECK_NEAR(measure(&p, 0, 20).value[STATISTIC_SIMILARITY], 23.0 / 54, 1e-9);
    performance_clear(&p);
}

TEST(silence_is_the_time_in_which_no_note_begins) {
    Performance p = {0};
    note(&p, 1, 0.5, 60, 80);
    note(&p, 4, 0.5, 60, 80);
    Statistics s = measure(&p, 0, 6);
    CHECK_NEAR(s.value[STATISTIC_SILENCE], 3, 1e-9);
    CHECK_NEAR(s.value[STATISTIC_SILENCE_AT_END], 2, 1e-9);
    s = measure(&p, 0, 10);
    CHECK_NEAR(s.value[STATISTIC_SILENCE], 6, 1e-9);
    CHECK_NEAR(s.value[STATISTIC_SILENCE_AT_END], 6, 1e-9);
    performance_clear(&p);
}

TEST(chords_pedal_and_velocity_are_counted) {
    Performance p = {0};
    for (int i = 0; i < 3; i++) note(&p, 1, 1, 60 + 4 * i, 50);
    note(&p, 2, 1, 60, 90);
    performance_add_pedal(&p, 1 * SECOND, 127);
    performance_add_pedal(&p, 2 * SECOND, 30);
    performance_add_pedal(&p, 8 * SECOND, 64);
    Statistics s = measure(&p, 0, 10);
    CHECK_NEAR(s.value[STATISTIC_CHORDS], 0.5, 1e-9);
    CHECK_NEAR(s.value[STATISTIC_PEDAL], 0.3, 1e-9);
    CHECK_NEAR(s.value[STATISTIC_VELOCITY], 60, 1e-9);
    CHECK_NEAR(s.value[STATISTIC_POLYPHONY], 0.4, 1e-9);
    performance_clear(&p);
}

TEST(an_empty_span_is_silence_and_nothing_else) {
    Performance p = {0};
    Statistics s = measure(&p, 0, 7);
    for (int i = 0; i < STATISTICS; i++)
        CHECK_NEAR(s.value[i],
                   i == STATISTIC_SILENCE || i == STATISTIC_SILENCE_AT_END ? 7 : 0, 0);
    for (int h = 0; h < HISTOGRAMS; h++)
        for (int i = 0; i < STATISTICS_BINS; i++) CHECK(s.histogram[h][i] == 0);
}

TEST(a_distance_is_0_to_itself_1_to_what_has_nothing_in_common_and_the_same_both_ways) {
    double p[STATISTICS_BINS] = {0}, q[STATISTICS_BINS] = {0},
           empty[STATISTICS_BINS] = {0};
    for (int i = 0; i < 8; i++) {
        p[i] = 1.0 / 8;
        q[i + 8] = 1.0 / 8;
    }
    CHECK_NEAR(statistics_distance(p, p), 0, 1e-12);
    CHECK_NEAR(statistics_distance(p, q), 1, 1e-12);
    CHECK_NEAR(statistics_distance(p, empty), 1, 0);
    CHECK_NEAR(statistics_distance(empty, empty), 0, 0);
    double between = 0;
    for (int i = 0; i < 8; i++) { // p moves away from q
        p[i] = 0;
        p[i + 8] = 1.0 / 8;
        double d = statistics_distance(p, q);
        CHECK_NEAR(d, statistics_distance(q, p), 1e-12);
        CHECK(i == 0 || d < between);
        between = d;
    }
}

int main(void) {
    dice = g_rand_new_with_seed(5);
    RUN(a_scale_of_a_known_rate_gives_that_rate);
    RUN(histograms_are_shares);
    RUN(transposition_turns_the_pitch_classes_and_changes_nothing_else);
    RUN(a_span_is_measured_like_a_piece_of_its_own);
    RUN(a_looped_passage_has_its_loop_found);
    RUN(what_is_played_again_later_and_elsewhere_is_similar_to_itself);
    RUN(silence_is_the_time_in_which_no_note_begins);
    RUN(chords_pedal_and_velocity_are_counted);
    RUN(an_empty_span_is_silence_and_nothing_else);
    RUN(a_distance_is_0_to_itself_1_to_what_has_nothing_in_common_and_the_same_both_ways);
    g_rand_free(dice);
    return test_end();
}
