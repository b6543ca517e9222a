#include "midi/bars.h"
#include "tests/test.h"

// The map's default tempo: a quarter has half a second and 480 ticks.
static bool is(const TempoMap *m, int64_t time, int number, int64_t from, int64_t to) {
    Bar b = bars_at(m, time);
    return b.number == number && b.from == from && b.to == to;
}

TEST(there_are_bars_where_there_is_a_time_signature_and_no_smpte) {
    TempoMap *m = tempo_map_new(480), *smpte = tempo_map_new(-25 * 256 + 40);
    CHECK(!bars_exist(NULL) && !bars_exist(m));
    tempo_map_add_metre(m, (Metre){0, 3, 2, 24, 8});
    tempo_map_add_metre(smpte, (Metre){0, 3, 2, 24, 8});
    CHECK(bars_exist(m) && !bars_exist(smpte));
    tempo_map_unref(m);
    tempo_map_unref(smpte);
}

TEST(a_bar_is_heard_from_its_line_up_to_the_next) {
    TempoMap *m = tempo_map_new(480);
    tempo_map_add_metre(m, (Metre){0, 3, 2, 24, 8});
    CHECK(is(m, 0, 1, 0, 1500000) && is(m, 1499999, 1, 0, 1500000));
    CHECK(is(m, 1500000, 2, 1500000, 3000000));
    tempo_map_add_tempo(m, 1440, 1000000); // from the second bar on
    CHECK(is(m, 1500000, 2, 1500000, 4500000));
    CHECK(bars_nearest(m, 700000) == 0 && bars_nearest(m, 800000) == 1500000);
    tempo_map_unref(m);
}

TEST(a_time_signature_begins_a_bar_wherever_it_stands) {
    TempoMap *m = tempo_map_new(480);
    tempo_map_add_metre(m, (Metre){960, 6, 3, 36, 8}); // within the first four quarters
    CHECK(is(m, 0, 1, 0, 1000000) && is(m, 1000000, 2, 1000000, 2500000));
    tempo_map_add_metre(m, (Metre){960 + 2 * 1440, 2, 2, 24, 8}); // at a bar line
    CHECK(is(m, 2500000, 3, 2500000, 4000000) && is(m, 4000000, 4, 4000000, 5000000));
    tempo_map_unref(m);
}

TEST(each_beat_is_found_and_the_first_of_a_bar_is_told) {
    TempoMap *m = tempo_map_new(480);
    tempo_map_add_metre(m, (Metre){0, 3, 2, 24, 8});
    tempo_map_add_metre(m, (Metre){2880, 6, 3, 36, 8}); // at 3 s
    static const struct {
        int64_t from, beat;
        bool first;
    } want[] = {{0, 0, true},
                {1, 500000, false},
                {500001, 1000000, false},
                {1000001, 1500000, true},
                {2500001, 3000000, true},
                {3000001, 3250000, false},
                {4250001, 4500000, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
        bool first = !want[i].first;
        CHECK(bars_beat(m, want[i].from, &first) == want[i].beat);
        CHECK(first == want[i].first);
    }
    tempo_map_unref(m);
}

TEST(bars_follow_one_another_without_a_gap_whatever_the_map) {
    GRand *random = g_rand_new_with_seed(1);
    for (int i = 0; i < 200; i++) {
        TempoMap *m = tempo_map_new(g_rand_int_range(random, 1, i % 2 ? 30 : 32768));
        int64_t tick = 0;
        for (int left = g_rand_int_range(random, 1, 10); left > 0; left--) {
            tick += g_rand_int_range(random, 0, 20 * m->division);
            tempo_map_add_metre(
                m, (Metre){tick, (uint8_t)g_rand_int_range(random, 1, 256),
                           (uint8_t)g_rand_int_range(random, 0, 8), 24, 8});
            // A tick is at least two microseconds, so no bar is empty.
            tempo_map_add_tempo(m, tick,
                                (uint32_t)g_rand_int_range(random, 65536, 3000000));
        }
        Bar bar = bars_at(m, 0);
        CHECK(bar.from == 0);
        for (int k = 0; k < 300; k++) {
            Bar next = bars_at(m, bar.to);
            bool follows = next.from == bar.to && next.to > next.from;
            // Bars that are shorter than a tick count as one bar.
            CHECK(follows && next.number > bar.number);
            int64_t inside = next.from + (next.to - next.from) / 2;
            CHECK(bars_at(m, inside).number == next.number);
            bar = next;
        }
        tempo_map_unref(m);
    }
    g_rand_free(random);
}

int main(void) {
    RUN(there_are_bars_where_there_is_a_time_signature_and_no_smpte);
    RUN(a_bar_is_heard_from_its_line_up_to_the_next);
    RUN(a_time_signature_begins_a_bar_wherever_it_stands);
    RUN(each_beat_is_found_and_the_first_of_a_bar_is_told);
    RUN(bars_follow_one_another_without_a_gap_whatever_the_map);
    return test_end();
}
