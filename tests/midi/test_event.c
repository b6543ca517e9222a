#include "tests/test.h"

#include "midi/event.h"

static Event at(const GArray *events, guint i) {
    return g_array_index(events, Event, i);
}

TEST(at_one_moment_keys_come_up_then_the_pedal_moves_then_keys_go_down) {
    g_autoptr(GArray) e = g_array_new(false, false, sizeof(Event));
    events_add_note(e, 10, 20, 62, 80);
    events_add_note(e, 10, 20, 60, 70);
    events_add_pedal(e, 10, 127);
    events_add_note(e, 0, 10, 65, 50);
    events_add_note(e, 0, 10, 64, 50);
    events_sort(e);
    static const struct {
        int64_t time;
        int kind, pitch, value;
    } want[] = {
        {0, EVENT_ONSET, 64, 50},   {0, EVENT_ONSET, 65, 50},
        {10, EVENT_RELEASE, 64, 0}, {10, EVENT_RELEASE, 65, 0},
        {10, EVENT_PEDAL, 0, 127},  {10, EVENT_ONSET, 60, 70},
        {10, EVENT_ONSET, 62, 80},  {20, EVENT_RELEASE, 60, 0},
        {20, EVENT_RELEASE, 62, 0},
    };
    CHECK(e->len == G_N_ELEMENTS(want));
    for (guint i = 0; i < e->len; i++) {
        CHECK(at(e, i).time == want[i].time && at(e, i).kind == want[i].kind);
        CHECK(at(e, i).pitch == want[i].pitch && at(e, i).value == want[i].value);
    }
}

TEST(the_pedals_movements_at_one_moment_stay_as_they_were) {
    g_autoptr(GArray) e = g_array_new(false, false, sizeof(Event));
    static const uint8_t values[] = {127, 0, 64, 3, 90, 1};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) events_add_pedal(e, 7, values[i]);
    events_sort(e);
    for (guint i = 0; i < e->len; i++) CHECK(at(e, i).value == values[i]);
}

TEST(a_note_that_lasts_no_time_comes_up_after_it_went_down) {
    g_autoptr(GArray) e = g_array_new(false, false, sizeof(Event));
    events_add_note(e, 5, 5, 60, 80);
    events_add_note(e, 0, 5, 60, 80);
    events_sort(e);
    CHECK(at(e, 1).kind == EVENT_RELEASE && at(e, 1).time == 5);
    CHECK(at(e, 2).kind == EVENT_ONSET && at(e, 3).kind == EVENT_RELEASE);
}

TEST(the_sostenuto_pedal_comes_down_behind_what_is_struck_with_it) {
    Performance p = {0};
    performance_add_note(&p, (Note){100, 300, 60, 80});
    performance_move_pedal(&p, 100, PEDAL_SOSTENUTO, 127);
    performance_move_pedal(&p, 100, PEDAL_SOFT, 127);
    performance_move_pedal(&p, 300, PEDAL_SOSTENUTO, 0);
    performance_finish(&p);
    g_autoptr(GArray) e = events_of(&p);
    CHECK(at(e, 0).kind == EVENT_PEDAL && at(e, 0).pitch == PEDAL_SOFT);
    CHECK(at(e, 1).kind == EVENT_ONSET);
    CHECK(at(e, 2).kind == EVENT_PEDAL && at(e, 2).pitch == PEDAL_SOSTENUTO);
    CHECK(at(e, 3).kind == EVENT_RELEASE && at(e, 4).kind == EVENT_PEDAL);
    performance_clear(&p);
}

TEST(a_performance_comes_apart_into_all_of_its_events) {
    Performance p = {0};
    performance_add_note(&p, (Note){100, 300, 60, 80});
    performance_add_note(&p, (Note){200, 200, 64, 90});
    performance_add_pedal(&p, 150, 127);
    performance_finish(&p);
    g_autoptr(GArray) e = events_of(&p);
    CHECK(e->len == 5);
    CHECK(at(e, 0).kind == EVENT_ONSET && at(e, 0).pitch == 60);
    CHECK(at(e, 1).kind == EVENT_PEDAL && at(e, 1).value == 127);
    CHECK(at(e, 2).kind == EVENT_ONSET && at(e, 3).kind == EVENT_RELEASE);
    CHECK(at(e, 4).kind == EVENT_RELEASE && at(e, 4).time == 300);
    performance_clear(&p);
}

int main(void) {
    RUN(at_one_moment_keys_come_up_then_the_pedal_moves_then_keys_go_down);
    RUN(the_pedals_movements_at_one_moment_stay_as_they_were);
    RUN(a_note_that_lasts_no_time_comes_up_after_it_went_down);
    RUN(the_sostenuto_pedal_comes_down_behind_what_is_struck_with_it);
    RUN(a_performance_comes_apart_into_all_of_its_events);
    return test_end();
}
