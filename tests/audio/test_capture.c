// Cuts the newest passage out of everything that was played.
#include "audio/capture.h"
#include "audio/keys.h"
#include "tests/test.h"

#define SECOND G_USEC_PER_SEC

static void add(Capture *c, int64_t time, int kind, AudioSource source, int pitch,
                int value) {
    capture_add(c, (LiveEvent){time, (uint8_t)kind, (uint8_t)source, (uint8_t)pitch,
                               (uint8_t)value});
}

static void strike(Capture *c, int64_t onset, int64_t release, int pitch) {
    add(c, onset, EVENT_ONSET, SOURCE_MIDI, pitch, 70);
    add(c, release, EVENT_RELEASE, SOURCE_MIDI, pitch, 0);
}

TEST(the_phrase_begins_after_the_last_long_silence) {
    Capture c;
    Performance p = {0};
    int64_t start = 0;
    capture_init(&c, 600 * SECOND);
    CHECK(!capture_phrase(&c, 4 * SECOND, 0, &p, &start) && p.note_count == 0);
    strike(&c, 1 * SECOND, 2 * SECOND, 60);
    strike(&c, 7 * SECOND, 8 * SECOND, 62);   // 5 s after the note before
    strike(&c, 11 * SECOND, 20 * SECOND, 64); // 3 s after it
    strike(&c, 21 * SECOND, 22 * SECOND, 65); // 1 s after a long note
    CHECK(capture_phrase(&c, 4 * SECOND, 99 * SECOND, &p, &start));
    CHECK(p.note_count == 3 && start == 7 * SECOND);
    CHECK(p.notes[0].pitch == 62 && p.notes[0].onset == 0);
    CHECK(p.notes[0].release == SECOND && p.notes[0].velocity == 70);
    CHECK(p.notes[2].pitch == 65 && p.notes[2].onset == 14 * SECOND);
    CHECK(capture_phrase(&c, INT64_MAX, 99 * SECOND, &p, &start));
    CHECK(p.note_count == 4 && start == SECOND);
    performance_clear(&p);
    capture_free(&c);
}

TEST(what_is_held_is_let_go_now) {
    Capture c;
    Performance p = {0};
    int64_t start;
    capture_init(&c, 600 * SECOND);
    add(&c, SECOND, EVENT_ONSET, SOURCE_HANDS, 60, 70);
    add(&c, SECOND + 5, EVENT_PEDAL, SOURCE_MIDI, 0, 127);
    CHECK(capture_phrase(&c, SECOND, 3 * SECOND, &p, &start));
    CHECK(p.note_count == 1 && p.notes[0].release == 2 * SECOND);
    CHECK(p.pedal_count == 2 && p.pedal[0].time == 5 && p.pedal[0].value == 127);
    CHECK(p.pedal[1].time == 2 * SECOND && p.pedal[1].value == 0);
    performance_clear(&p);
    capture_free(&c);
}

TEST(a_pedal_pressed_before_the_phrase_is_down_at_its_start) {
    Capture c;
    Performance p = {0};
    int64_t start;
    capture_init(&c, 600 * SECOND);
    strike(&c, SECOND, 2 * SECOND, 60);
    add(&c, 8 * SECOND, EVENT_PEDAL, SOURCE_MIDI, 0, 100);
    strike(&c, 9 * SECOND, 10 * SECOND, 62);
    CHECK(capture_phrase(&c, 4 * SECOND, 12 * SECOND, &p, &start));
    CHECK(p.note_count == 1 && p.pedal_count == 2);
    CHECK(p.pedal[0].time == 0 && p.pedal[0].value == 100);
    CHECK(p.pedal[1].time == SECOND && p.pedal[1].value == 0);
    performance_clear(&p);
    capture_free(&c);
}

TEST(however_long_the_pianist_rests_the_phrase_is_the_same) {
    Capture c;
    Performance early = {0}, late = {0};
    int64_t start;
    capture_init(&c, 600 * SECOND);
    strike(&c, SECOND, 3 * SECOND, 60);
    add(&c, 2 * SECOND, EVENT_PEDAL, SOURCE_MIDI, 0, 100);
    add(&c, 4 * SECOND, EVENT_PEDAL, SOURCE_MIDI, PEDAL_SOFT, 90);
    CHECK(capture_phrase(&c, SECOND, 4 * SECOND, &early, &start));
    CHECK(capture_phrase(&c, SECOND, 60 * SECOND, &late, &start));
    CHECK(late.pedal_count == 2 && late.pedal[1].time == early.pedal[1].time);
    CHECK(late.move_count == 2 && late.moves[1].time == early.moves[1].time);
    performance_clear(&early);
    performance_clear(&late);
    capture_free(&c);
}

TEST(a_pianist_rests_when_no_key_is_down_since_the_last_one_was) {
    Capture c;
    int64_t since;
    capture_init(&c, 600 * SECOND);
    CHECK(capture_rests(&c, &since) && since == 0);
    add(&c, 1, EVENT_PEDAL, SOURCE_MIDI, 0, 100);
    CHECK(capture_rests(&c, &since) && since == 0);
    add(&c, 2, EVENT_ONSET, SOURCE_MIDI, 60, 70);
    add(&c, 3, EVENT_ONSET, SOURCE_HANDS, 64, 70);
    add(&c, 4, EVENT_RELEASE, SOURCE_HANDS, 64, 0);
    CHECK(!capture_rests(&c, &since));
    add(&c, 5, EVENT_RELEASE, SOURCE_MIDI, 60, 0);
    CHECK(capture_rests(&c, &since) && since == 5);
    add(&c, 6, EVENT_PEDAL, SOURCE_MIDI, 0, 0);
    CHECK(capture_rests(&c, &since) && since == 5);
    add(&c, 7, EVENT_ONSET, SOURCE_MIDI, 62, 70);
    CHECK(!capture_rests(&c, &since));
    add(&c, 8, AUDIO_RELEASE, SOURCE_MIDI, 0, 0); // the port vanished
    CHECK(capture_rests(&c, &since) && since == 8);
    capture_free(&c);
}

TEST(the_soft_pedal_is_recorded_and_let_go_with_its_port) {
    Capture c;
    Performance p = {0};
    int64_t start;
    capture_init(&c, 600 * SECOND);
    add(&c, SECOND, EVENT_ONSET, SOURCE_MIDI, 60, 70);
    add(&c, SECOND + 5, EVENT_PEDAL, SOURCE_MIDI, PEDAL_SOFT, 127);
    add(&c, SECOND + 9, AUDIO_RELEASE, SOURCE_MIDI, 0, 0);
    CHECK(capture_phrase(&c, SECOND, 3 * SECOND, &p, &start));
    CHECK(p.pedal_count == 0 && p.move_count == 2 && p.moves[0].time == 5);
    CHECK(p.moves[0].pedal == PEDAL_SOFT && p.moves[0].value == 127);
    CHECK(p.moves[1].time == 9 && p.moves[1].value == 0);
    performance_clear(&p);
    capture_free(&c);
}

TEST(a_key_that_two_hold_is_one_note_and_a_new_stroke_another) {
    Capture c;
    Performance p = {0};
    int64_t start;
    capture_init(&c, 600 * SECOND);
    add(&c, 0, EVENT_ONSET, SOURCE_HANDS, 60, 50);
    add(&c, 10, EVENT_ONSET, SOURCE_MIDI, 60, 90);
    add(&c, 20, EVENT_RELEASE, SOURCE_HANDS, 60, 0);
    add(&c, 30, EVENT_RELEASE, SOURCE_MIDI, 60, 0);
    add(&c, 40, EVENT_ONSET, SOURCE_MIDI, 61, 90);
    add(&c, 50, AUDIO_RELEASE, SOURCE_MIDI, 0, 0); // the port vanished
    CHECK(capture_phrase(&c, SECOND, SECOND, &p, &start));
    CHECK(p.note_count == 3);
    CHECK(p.notes[0].release == 10 && p.notes[0].velocity == 50);
    CHECK(p.notes[1].onset == 10 && p.notes[1].release == 30);
    CHECK(p.notes[2].release == 50);
    performance_clear(&p);
    capture_free(&c);
}

TEST(what_is_older_than_is_kept_is_forgotten) {
    Capture c;
    Performance p = {0};
    int64_t start;
    capture_init(&c, 60 * SECOND);
    for (int64_t i = 0; i < 20000; i++)
        strike(&c, i * SECOND, i * SECOND + 5, (int)i % 128);
    CHECK(c.events->len < 2000);
    CHECK(capture_phrase(&c, INT64_MAX, INT64_C(20000) * SECOND, &p, &start));
    CHECK(p.note_count >= 60 && p.note_count < 700);
    performance_clear(&p);
    capture_free(&c);
}

TEST(whatever_was_played_is_a_whole_performance) {
    for (uint32_t seed = 1; seed <= 300; seed++) {
        GRand *r = g_rand_new_with_seed(seed);
        Capture c;
        Performance p = {0};
        int64_t time = 1000000, start;
        size_t strokes = 0;
        capture_init(&c, 600 * SECOND);
        for (int i = 0; i < 200; i++) {
            static const uint8_t kinds[] = {EVENT_ONSET, EVENT_ONSET, EVENT_RELEASE,
                                            EVENT_PEDAL, AUDIO_RELEASE};
            int kind = kinds[g_rand_int_range(r, 0, i % 10 ? 4 : 5)];
            time += g_rand_int_range(r, 1, SECOND);
            strokes += kind == EVENT_ONSET;
            add(&c, time, kind, (AudioSource)g_rand_int_range(r, 1, 3),
                g_rand_int_range(r, 60, 66), g_rand_int_range(r, 1, 128));
        }
        CHECK(capture_phrase(&c, INT64_MAX, time, &p, &start));
        CHECK(p.note_count == strokes && p.notes[0].onset == 0);
        int64_t free_from[PITCHES] = {0};
        for (size_t i = 0; i < p.note_count; i++) {
            Note n = p.notes[i];
            CHECK(n.onset >= free_from[n.pitch] && n.release >= n.onset);
            CHECK(n.release <= time - start);
            free_from[n.pitch] = n.release;
        }
        CHECK(!p.pedal_count || p.pedal[p.pedal_count - 1].value == 0);
        performance_clear(&p);
        capture_free(&c);
        g_rand_free(r);
    }
}

int main(void) {
    RUN(the_phrase_begins_after_the_last_long_silence);
    RUN(what_is_held_is_let_go_now);
    RUN(a_pedal_pressed_before_the_phrase_is_down_at_its_start);
    RUN(however_long_the_pianist_rests_the_phrase_is_the_same);
    RUN(a_pianist_rests_when_no_key_is_down_since_the_last_one_was);
    RUN(the_soft_pedal_is_recorded_and_let_go_with_its_port);
    RUN(a_key_that_two_hold_is_one_note_and_a_new_stroke_another);
    RUN(what_is_older_than_is_kept_is_forgotten);
    RUN(whatever_was_played_is_a_whole_performance);
    return test_end();
}
