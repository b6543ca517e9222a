#include "app/desktop/playing/taps.h"
#include "tests/test.h"

#define BEAT INT64_C(500000)

TEST(taps_while_it_plays_are_where_the_playhead_is_heard) {
    Taps t = {0};
    for (int i = 0; i < 4; i++) // taps at half the speed
        taps_add(&t, 1000 + 2 * i * BEAT, 7 + i * BEAT, true, i == 1);
    CHECK(t.count == 4 && t.taps[3].time == 7 + 3 * BEAT && t.taps[1].first);
    CHECK(taps_due(&t) == 1000 + 6 * BEAT + TAPS_PAUSE);
}

TEST(taps_while_it_stands_go_on_by_the_clock_from_the_playhead) {
    Taps t = {0};
    for (int i = 0; i < 4; i++) taps_add(&t, 1000 + i * BEAT, 9000, false, false);
    CHECK(t.count == 4 && t.taps[0].time == 9000 && t.taps[3].time == 9000 + 3 * BEAT);
}

TEST(a_pause_a_start_and_a_jump_back_begin_anew) {
    Taps t = {0};
    taps_add(&t, 0, 0, false, false);
    taps_add(&t, TAPS_PAUSE, 5, false, false);
    CHECK(t.count == 1 && t.taps[0].time == 5);
    taps_add(&t, TAPS_PAUSE + BEAT, 70, true, false);
    CHECK(t.count == 1 && t.taps[0].time == 70);
    taps_add(&t, TAPS_PAUSE + 2 * BEAT, 69, true, false);
    CHECK(t.count == 1 && t.taps[0].time == 69);
    CHECK(taps_due(&(Taps){0}) == -1);
}

TEST(of_many_taps_the_newest_count) {
    Taps t = {0};
    for (int i = 0; i <= TAP_MOST; i++) taps_add(&t, i * BEAT, i * BEAT, true, false);
    CHECK(t.count == TAP_MOST && t.taps[0].time == BEAT);
}

int main(void) {
    RUN(taps_while_it_plays_are_where_the_playhead_is_heard);
    RUN(taps_while_it_stands_go_on_by_the_clock_from_the_playhead);
    RUN(a_pause_a_start_and_a_jump_back_begin_anew);
    RUN(of_many_taps_the_newest_count);
    return test_end();
}
