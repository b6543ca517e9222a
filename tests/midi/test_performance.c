#include "midi/performance.h"
#include "tests/test.h"

static void add(Performance *p, int64_t onset, int64_t release, uint8_t pitch,
                uint8_t velocity) {
    performance_add_note(p, (Note){onset, release, pitch, velocity});
}

static bool is(const Performance *p, size_t i, int64_t onset, int64_t release,
               uint8_t pitch) {
    Note n = p->notes[i];
    return i < p->note_count && n.onset == onset && n.release == release &&
           n.pitch == pitch;
}

static bool moves(const Performance *p, size_t i, int64_t time, uint8_t value) {
    return i < p->pedal_count && p->pedal[i].time == time && p->pedal[i].value == value;
}

TEST(notes_come_in_order_of_onset_then_pitch) {
    Performance p = {0};
    add(&p, 20, 30, 60, 1);
    add(&p, 10, 30, 64, 1);
    add(&p, 10, 30, 62, 1);
    performance_finish(&p);
    CHECK(p.note_count == 3);
    CHECK(is(&p, 0, 10, 30, 62) && is(&p, 1, 10, 30, 64) && is(&p, 2, 20, 30, 60));
    performance_clear(&p);
}

TEST(a_note_ends_where_the_next_of_its_pitch_begins) {
    Performance p = {0};
    add(&p, 0, 100, 60, 1);
    add(&p, 50, 70, 60, 1);
    add(&p, 0, 100, 61, 1);
    performance_finish(&p);
    CHECK(is(&p, 0, 0, 50, 60) && is(&p, 1, 0, 100, 61) && is(&p, 2, 50, 70, 60));
    performance_clear(&p);
}

TEST(of_two_notes_at_one_moment_the_louder_velocity_and_later_release_remain) {
    Performance p = {0};
    add(&p, 5, 9, 60, 100);
    add(&p, 5, 20, 60, 40);
    performance_finish(&p);
    CHECK(p.note_count == 1 && is(&p, 0, 5, 20, 60) && p.notes[0].velocity == 100);
    performance_clear(&p);
}

TEST(no_note_begins_before_time_or_ends_before_it_begins) {
    Performance p = {0};
    add(&p, -5, 10, 60, 1);
    add(&p, 30, 20, 61, 1);
    performance_finish(&p);
    CHECK(is(&p, 0, 0, 10, 60) && is(&p, 1, 30, 30, 61));
    performance_clear(&p);
}

TEST(pedal_changes_that_change_nothing_are_dropped) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 0);
    performance_add_pedal(&p, 30, 0);
    performance_add_pedal(&p, 10, 90);
    performance_add_pedal(&p, 20, 90);
    performance_finish(&p);
    CHECK(p.pedal_count == 2 && moves(&p, 0, 10, 90) && moves(&p, 1, 30, 0));
    performance_clear(&p);
}

TEST(a_lift_and_press_at_one_moment_keep_their_order) {
    Performance p = {0};
    performance_add_pedal(&p, 10, 127);
    performance_add_pedal(&p, 50, 0);
    performance_add_pedal(&p, 50, 127);
    performance_finish(&p);
    CHECK(p.pedal_count == 3 && moves(&p, 1, 50, 0) && moves(&p, 2, 50, 127));
    performance_clear(&p);
}

TEST(the_end_is_the_last_release_or_pedal) {
    Performance p = {0};
    CHECK(performance_end(&p) == 0);
    add(&p, 0, 500, 60, 1);
    add(&p, 100, 200, 61, 1);
    performance_finish(&p);
    CHECK(performance_end(&p) == 500);
    performance_add_pedal(&p, 700, 127);
    performance_finish(&p);
    CHECK(performance_end(&p) == 700);
    performance_clear(&p);
}

TEST(a_slice_has_the_notes_begun_in_it_cut_at_its_end) {
    Performance p = {0}, slice = {0};
    add(&p, 0, 500, 60, 1);
    add(&p, 100, 500, 61, 1);
    add(&p, 200, 250, 62, 1);
    add(&p, 300, 500, 63, 1);
    performance_finish(&p);
    add(&slice, 0, 1, 1, 1);
    performance_slice(&slice, &p, 100, 300);
    CHECK(slice.note_count == 2);
    CHECK(is(&slice, 0, 100, 300, 61) && is(&slice, 1, 200, 250, 62));
    performance_clear(&p);
    performance_clear(&slice);
}

TEST(a_slice_begins_with_the_pedal_as_it_stands_there) {
    Performance p = {0}, slice = {0};
    performance_add_pedal(&p, 10, 80);
    performance_add_pedal(&p, 150, 20);
    performance_add_pedal(&p, 300, 90);
    performance_finish(&p);
    performance_slice(&slice, &p, 100, 300);
    CHECK(slice.pedal_count == 2 && moves(&slice, 0, 100, 80) &&
          moves(&slice, 1, 150, 20));
    performance_slice(&slice, &p, 150, 300);
    CHECK(slice.pedal_count == 1 && moves(&slice, 0, 150, 20));
    performance_slice(&slice, &p, 0, 10);
    CHECK(slice.pedal_count == 0);
    performance_clear(&p);
    performance_clear(&slice);
}

// The pedal is pressed and lifted in one microsecond, and elsewhere lifted and pressed.
TEST(a_slice_has_all_changes_of_the_pedal_at_its_very_beginning) {
    Performance p = {0}, slice = {0};
    performance_add_pedal(&p, 0, 127);
    performance_add_pedal(&p, 0, 0);
    performance_add_pedal(&p, 50, 127);
    performance_add_pedal(&p, 100, 0);
    performance_add_pedal(&p, 100, 90);
    performance_finish(&p);
    performance_slice(&slice, &p, 0, 200);
    CHECK(slice.pedal_count == 5 && moves(&slice, 0, 0, 127) && moves(&slice, 1, 0, 0));
    performance_slice(&slice, &p, 100, 200); // it begins with the pedal up
    CHECK(slice.pedal_count == 1 && moves(&slice, 0, 100, 90));
    performance_clear(&slice);
    performance_clear(&p);
}

TEST(the_other_pedals_are_kept_apart_and_never_pressed_for_no_time) {
    Performance p = {0}, slice = {0};
    performance_move_pedal(&p, 10, PEDAL_DAMPER, 100);
    performance_move_pedal(&p, 20, PEDAL_SOFT, 90);
    performance_move_pedal(&p, 15, PEDAL_SOSTENUTO, 90);
    performance_move_pedal(&p, 30, PEDAL_SOFT, 90);
    performance_move_pedal(&p, 40, PEDAL_SOSTENUTO, 0);
    performance_move_pedal(&p, 40, PEDAL_SOSTENUTO, 80);
    performance_move_pedal(&p, 50, PEDAL_SOSTENUTO, 0);
    performance_move_pedal(&p, 50, PEDAL_SOSTENUTO, 127);
    performance_move_pedal(&p, 50, PEDAL_SOSTENUTO, 0);
    performance_finish(&p);
    static const PedalMove want[] = {{15, PEDAL_SOSTENUTO, 90},
                                     {20, PEDAL_SOFT, 90},
                                     {40, PEDAL_SOSTENUTO, 0},
                                     {40, PEDAL_SOSTENUTO, 80},
                                     {50, PEDAL_SOSTENUTO, 0}};
    CHECK(p.pedal_count == 1 && p.move_count == G_N_ELEMENTS(want));
    for (size_t i = 0; i < p.move_count && i < G_N_ELEMENTS(want); i++)
        CHECK(p.moves[i].time == want[i].time && p.moves[i].pedal == want[i].pedal &&
              p.moves[i].value == want[i].value);
    CHECK(performance_end(&p) == 10); // without what the model does not know
    performance_slice(&slice, &p, 30, 50);
    CHECK(slice.move_count == 4 && slice.moves[0].time == 30 &&
          slice.moves[1].time == 30 && slice.moves[3].time == 40);
    performance_shift(&slice, -30);
    CHECK(slice.moves[0].time == 0 && slice.moves[3].time == 10);
    performance_clear(&slice);
    performance_clear(&p);
}

TEST(finishing_twice_changes_nothing) {
    GRand *random = g_rand_new_with_seed(1);
    Performance p = {0}, twice = {0};
    for (int i = 0; i < 5000; i++) {
        int64_t onset = g_rand_int_range(random, 0, 2000);
        add(&p, onset, onset + g_rand_int_range(random, 0, 300),
            (uint8_t)g_rand_int_range(random, 50, 70),
            (uint8_t)g_rand_int_range(random, 1, 128));
        performance_add_pedal(&p, onset, (uint8_t)g_rand_int_range(random, 0, 128));
    }
    performance_finish(&p);
    for (size_t i = 0; i < p.note_count; i++) performance_add_note(&twice, p.notes[i]);
    for (size_t i = 0; i < p.pedal_count; i++)
        performance_add_pedal(&twice, p.pedal[i].time, p.pedal[i].value);
    performance_finish(&twice);
    CHECK(p.note_count == twice.note_count && p.pedal_count == twice.pedal_count);
    for (size_t i = 0; i < p.note_count; i++) {
        Note a = p.notes[i], b = twice.notes[i];
        CHECK(is(&p, i, b.onset, b.release, b.pitch) && a.velocity == b.velocity);
    }
    performance_clear(&p);
    performance_clear(&twice);
    g_rand_free(random);
}

int main(void) {
    RUN(notes_come_in_order_of_onset_then_pitch);
    RUN(a_note_ends_where_the_next_of_its_pitch_begins);
    RUN(of_two_notes_at_one_moment_the_louder_velocity_and_later_release_remain);
    RUN(no_note_begins_before_time_or_ends_before_it_begins);
    RUN(pedal_changes_that_change_nothing_are_dropped);
    RUN(a_lift_and_press_at_one_moment_keep_their_order);
    RUN(the_end_is_the_last_release_or_pedal);
    RUN(a_slice_has_the_notes_begun_in_it_cut_at_its_end);
    RUN(a_slice_begins_with_the_pedal_as_it_stands_there);
    RUN(a_slice_has_all_changes_of_the_pedal_at_its_very_beginning);
    RUN(the_other_pedals_are_kept_apart_and_never_pressed_for_no_time);
    RUN(finishing_twice_changes_nothing);
    return test_end();
}
