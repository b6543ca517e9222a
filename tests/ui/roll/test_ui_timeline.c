#include "tests/test.h"
#include "ui/roll/timeline.h"

#include <glib.h>

static Timeline some(GRand *rand) {
    double zoom = pow(
        10, g_rand_double_range(rand, log10(TIMELINE_CLOSEST), log10(TIMELINE_WIDEST)));
    return (Timeline){g_rand_double_range(rand, -1e7, 1e10), zoom,
                      g_rand_double_range(rand, 0, 300),
                      g_rand_double_range(rand, 100, 4000)};
}

TEST(time_and_place_are_inverse_at_every_zoom) {
    GRand *rand = g_rand_new_with_seed(1);
    for (int i = 0; i < 20000; i++) {
        Timeline t = some(rand);
        double x = t.left + g_rand_double_range(rand, 0, t.width);
        int64_t time = timeline_time(&t, x);
        CHECK_NEAR(timeline_x(&t, (double)time), x, .51 / t.per_point + 1e-6);
        CHECK(timeline_time(&t, timeline_x(&t, (double)time)) == time);
    }
    g_rand_free(rand);
}

TEST(zoom_keeps_the_time_under_the_mouse) {
    GRand *rand = g_rand_new_with_seed(2);
    for (int i = 0; i < 2000; i++) {
        Timeline t = some(rand);
        double x = t.left + g_rand_double_range(rand, 0, t.width);
        double before = (double)timeline_time(&t, x);
        timeline_zoom(&t, x, g_rand_double_range(rand, .01, 100));
        CHECK_NEAR((double)timeline_time(&t, x), before, 1.01);
        CHECK(t.per_point >= TIMELINE_CLOSEST && t.per_point <= TIMELINE_WIDEST);
    }
    g_rand_free(rand);
}

TEST(the_piece_cannot_be_scrolled_out_of_sight) {
    GRand *rand = g_rand_new_with_seed(3);
    for (int i = 0; i < 2000; i++) {
        Timeline t = some(rand);
        int64_t end = g_rand_int_range(rand, 0, 1000000000);
        timeline_scroll(&t, g_rand_double_range(rand, -1e6, 1e6));
        timeline_keep(&t, end);
        CHECK(timeline_x(&t, 0) <= t.left + t.width * .1);
        CHECK(end == 0 || timeline_x(&t, (double)end) > t.left);
    }
    g_rand_free(rand);
}

TEST(following_brings_the_playhead_into_sight_and_else_stands_still) {
    GRand *rand = g_rand_new_with_seed(4);
    for (int i = 0; i < 2000; i++) {
        Timeline t = some(rand);
        int64_t time = (int64_t)(t.from + g_rand_double_range(rand, -2, 3) * t.width *
                                              t.per_point);
        double from = t.from, x = timeline_x(&t, (double)time);
        bool turned = timeline_follow(&t, time);
        CHECK(turned == (x < t.left || x > t.left + .9 * t.width));
        CHECK(turned || t.from == from);
        x = timeline_x(&t, (double)time);
        CHECK(x >= t.left && x <= t.left + .9 * t.width);
    }
    g_rand_free(rand);
}

TEST(what_is_to_be_shown_is_in_sight) {
    Timeline t = {0, 0, 40, 900};
    timeline_show(&t, 5000000, 65000000);
    CHECK(timeline_x(&t, 5e6) >= 40 && timeline_x(&t, 65e6) <= 940);
}

TEST(numbers_on_the_ruler_do_not_touch) {
    for (double zoom = TIMELINE_CLOSEST; zoom < TIMELINE_WIDEST; zoom *= 1.1) {
        Timeline t = {0, zoom, 0, 1000};
        int64_t mark, number;
        timeline_marks(&t, &mark, &number);
        CHECK(number % mark == 0);
        CHECK((double)number / zoom >= 80 || number == 3600000000);
    }
}

int main(void) {
    RUN(time_and_place_are_inverse_at_every_zoom);
    RUN(zoom_keeps_the_time_under_the_mouse);
    RUN(the_piece_cannot_be_scrolled_out_of_sight);
    RUN(following_brings_the_playhead_into_sight_and_else_stands_still);
    RUN(what_is_to_be_shown_is_in_sight);
    RUN(numbers_on_the_ruler_do_not_touch);
    return test_end();
}
