#include "midi/analysis/tap.h"
#include "midi/bars.h"
#include "tests/test.h"

#define SECOND INT64_C(1000000)

// Makes beats with `period` from `from` on, each wrong by up to `wrong` microseconds.
// Every `every`-th begins a bar; 0: none does.
static int tap(Tap *ret, int count, int64_t from, int64_t period, int wrong,
               int every) {
    GRand *r = g_rand_new_with_seed((guint32)count);
    for (int i = 0; i < count; i++)
        ret[i] = (Tap){from + i * period + g_rand_int_range(r, -wrong, wrong + 1),
                       every && i % every == 0};
    g_rand_free(r);
    return count;
}

TEST(even_beats_give_their_tempo_and_the_first_of_them_begins_a_bar) {
    Tap taps[TAP_MOST];
    TappedBars b;
    CHECK(tap_bars(&b, taps, tap(taps, 8, 3 * SECOND, 600000, 0, 0)));
    CHECK(b.tempo == 600000 && b.first == 3 * SECOND && b.beats == 4);
}

TEST(uneven_beats_give_the_line_through_all_of_them) {
    Tap taps[TAP_MOST];
    TappedBars b;
    CHECK(tap_bars(&b, taps, tap(taps, 32, 3 * SECOND, 600000, 30000, 0)));
    CHECK_NEAR(b.tempo, 600000, 1500); // 30 ms at both ends alone would be 2,000
    CHECK_NEAR((double)b.first, 3e6, 15000);
}

TEST(two_first_beats_say_how_many_a_bar_has_and_where_it_begins) {
    Tap taps[TAP_MOST];
    TappedBars b;
    int count = tap(taps, 9, SECOND, 500000, 0, 3);
    CHECK(tap_bars(&b, taps, count) && b.beats == 3 && b.first == SECOND);
    CHECK(tap_bars(&b, taps + 1, count - 1) && b.beats == 3);
    CHECK(b.first == SECOND + 3 * 500000);
}

TEST(too_few_or_too_fast_beats_say_nothing) {
    Tap taps[TAP_MOST];
    TappedBars b;
    CHECK(!tap_bars(&b, taps, tap(taps, TAP_LEAST - 1, 0, 500000, 0, 0)));
    CHECK(!tap_bars(&b, taps, tap(taps, 8, 0, TAP_FASTEST - 1, 0, 0)));
    CHECK(!tap_bars(&b, taps, tap(taps, 8, 0, TEMPO_MOST + INT64_C(1), 0, 0)));
    CHECK(tap_bars(&b, taps, tap(taps, 8, 0, TAP_FASTEST, 0, 0)));
}

TEST(the_bars_begin_where_they_were_tapped_before_and_after) {
    static const TappedBars cases[] = {{600000, 4, 3 * SECOND},
                                       {500000, 3, 7 * SECOND + 123457},
                                       {731077, 5, 0},
                                       {272727, 2, 100}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const TappedBars *c = &cases[i];
        TempoMap *m = tap_tempo_map(c, NULL);
        int64_t bar = (int64_t)c->tempo * c->beats;
        CHECK(bars_exist(m));
        for (int64_t k = -(c->first / bar); k < 200; k++) {
            Bar at = bars_at(m, c->first + k * bar + bar / 2);
            CHECK_NEAR((double)at.from, (double)(c->first + k * bar), 14);
            CHECK_NEAR((double)at.to, (double)(c->first + (k + 1) * bar), 14);
        }
        tempo_map_unref(m);
    }
}

TEST(moments_are_kept_to_half_a_tick_and_names_as_they_are) {
    TempoMap *file = tempo_map_new(480);
    tempo_map_set_title(file, "Prelude", 7);
    tempo_map_add_name(file, "Right", 5);
    TappedBars bars = {500000, 4, 123456};
    TempoMap *m = tap_tempo_map(&bars, file);
    CHECK(strcmp(m->title, "Prelude") == 0 && strcmp(m->names, "Right") == 0);
    for (int64_t time = 0; time < 100 * SECOND; time += 76543)
        CHECK_NEAR((double)tempo_map_time(m, tempo_map_tick(m, time)), (double)time, 9);
    tempo_map_unref(m);
    tempo_map_unref(file);
}

int main(void) {
    RUN(even_beats_give_their_tempo_and_the_first_of_them_begins_a_bar);
    RUN(uneven_beats_give_the_line_through_all_of_them);
    RUN(two_first_beats_say_how_many_a_bar_has_and_where_it_begins);
    RUN(too_few_or_too_fast_beats_say_nothing);
    RUN(the_bars_begin_where_they_were_tapped_before_and_after);
    RUN(moments_are_kept_to_half_a_tick_and_names_as_they_are);
    return test_end();
}
