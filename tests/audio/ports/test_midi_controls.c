#include "audio/ports/midi_controls.h"
#include "tests/test.h"

#include <glib.h>

static MidiControls controls;

static void begin(void) { controls = (MidiControls){0}; }

static void move(int channel, int number, int position) {
    midi_controls_move(&controls, (MidiController){channel, number}, position);
}

// Returns the next position as "1:21=64", or "" if there is none.
static const char *next(void) {
    static char text[32];
    MidiController which;
    int position;
    *text = '\0';
    if (midi_controls_read(&controls, &which, &position))
        snprintf(text, sizeof text, "%d:%d=%d", which.channel, which.number, position);
    return text;
}

#define CHECK_NEXT(want) CHECK(strcmp(next(), want) == 0)

TEST(of_each_controller_the_last_position_is_read_once) {
    begin();
    CHECK(!midi_controls_wait(&controls));
    for (int i = 0; i <= 5000; i++) move(1, 21, i % 100);
    move(16, 119, 127);
    move(1, 0, 3);
    CHECK(midi_controls_wait(&controls));
    CHECK_NEXT("1:0=3");
    CHECK_NEXT("1:21=0");
    CHECK_NEXT("16:119=127");
    CHECK_NEXT("");
    CHECK(!midi_controls_wait(&controls));
    CHECK_NEXT("");
}

TEST(what_is_moved_while_it_is_read_is_read_then_or_after) {
    begin();
    move(2, 10, 1);
    move(2, 20, 1);
    CHECK_NEXT("2:10=1");
    move(2, 5, 7); // at a place that the reader has passed
    move(2, 20, 9);
    CHECK_NEXT("2:20=9");
    CHECK_NEXT("");
    CHECK(midi_controls_wait(&controls));
    CHECK_NEXT("2:5=7");
    CHECK_NEXT("");
}

TEST(what_is_no_controller_is_not_read) {
    begin();
    move(0, 1, 1);
    move(17, 1, 1);
    move(1, -1, 1);
    for (int number = MIDI_CONTROLLERS; number < 128; number++) move(1, number, 1);
    CHECK(!midi_controls_wait(&controls));
    CHECK_NEXT("");
}

#define MOVES 100000
enum { CHANNELS_MOVED = 3 };

static void *turn(void *unused) {
    (void)unused;
    for (int i = 0; i <= MOVES; i++)
        for (int channel = 1; channel <= CHANNELS_MOVED; channel++)
            move(channel, 7, i * 127 / MOVES);
    return NULL;
}

// Positions only rise, so a falling one would be an old one.
TEST(between_two_threads_no_position_comes_late_and_the_last_one_comes) {
    begin();
    int last[1 + CHANNELS_MOVED] = {0}, ended = 0;
    GThread *thread = g_thread_new("turn", turn, NULL);
    gint64 limit = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
    while (ended < CHANNELS_MOVED && g_get_monotonic_time() < limit) {
        MidiController which;
        int position;
        if (!midi_controls_read(&controls, &which, &position)) continue;
        CHECK(which.number == 7 && which.channel <= CHANNELS_MOVED);
        CHECK(position >= last[which.channel]);
        ended += position == 127 && last[which.channel] < 127;
        last[which.channel] = position;
    }
    CHECK(ended == CHANNELS_MOVED);
    g_thread_join(thread);
}

int main(void) {
    RUN(of_each_controller_the_last_position_is_read_once);
    RUN(what_is_moved_while_it_is_read_is_read_then_or_after);
    RUN(what_is_no_controller_is_not_read);
    RUN(between_two_threads_no_position_comes_late_and_the_last_one_comes);
    return test_end();
}
