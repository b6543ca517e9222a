// Live MIDI:  test_midi_input [jack]
// With the argument, beside a JACK server (tests/tools/with_jack_dummy.sh) that a
// sequencer plays into; without, on whatever there is.
#include "audio/ports/midi_input.h"
#include "tests/audio/exit_hard.h"
#include "tests/audio/tsan.h"
#include "tests/test.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS  1000
#define SEQ "JACK: Seq:out"

static int64_t now(void) { return g_get_monotonic_time(); }

typedef struct Heard {
    int ons, offs, releases, pitches[128];
    int64_t last;
} Heard;

// Runs the engine and reads for so long, or until there is as much as is wanted.
static Heard listen(Engine *e, MidiInput *m, int ons, int releases, double seconds) {
    float out[2 * 512];
    Heard h = {0};
    LiveEvent v;
    int64_t end = now() + (int64_t)(seconds * 1e6);
    while (now() < end && (h.ons < ons || h.releases < releases)) {
        engine_render(e, out, 512, 48000);
        while (midi_input_read(m, &v)) {
            CHECK(v.source == SOURCE_MIDI && v.pitch < 128 && v.time <= now());
            CHECK(v.time >= h.last || v.kind == AUDIO_RELEASE);
            h.last = v.time;
            h.ons += v.kind == EVENT_ONSET;
            h.offs += v.kind == EVENT_RELEASE;
            h.releases += v.kind == AUDIO_RELEASE;
            if (v.kind == EVENT_ONSET) h.pitches[v.pitch]++;
        }
        g_usleep(10 * MS);
    }
    engine_render(e, out, 512, 48000);
    return h;
}

static bool connects(MidiInput *m, int want, double seconds) {
    int64_t end = now() + (int64_t)(seconds * 1e6);
    MidiInputState s;
    do {
        s = midi_input_state(m);
        if (s.connected == want) return true;
        g_usleep(10 * MS);
    } while (now() < end);
    fprintf(stderr, "%d connected, not %d: %s\n", s.connected, want, s.trouble);
    return false;
}

static bool closes_in_a_second(MidiInput *m) {
    int64_t began = now();
    bool closed = midi_input_close(m);
    CHECK(now() - began < 1000 * MS);
    return closed;
}

TEST(a_port_that_is_not_there_is_told_and_waited_for) {
    Engine *e = engine_new();
    MidiInput *m = midi_input_open(e, "ALSA: no such keyboard");
    char **ports = NULL;
    for (int i = 0; i < 300 && !ports; i++) {
        g_usleep(10 * MS);
        ports = midi_input_ports(m);
    }
    CHECK(ports);
    g_strfreev(ports);
    CHECK(strcmp(midi_input_state(m).trouble,
                 "the MIDI port 'ALSA: no such keyboard' is not there now") == 0);
    midi_input_wish(m, MIDI_INPUT_NONE);
    g_usleep(200 * MS);
    CHECK(!*midi_input_state(m).trouble && midi_input_state(m).connected == 0);
    CHECK(closes_in_a_second(m));
    engine_free(e);
}

TEST(opening_and_closing_at_once_leaves_nothing) {
    for (int i = 0; i < 5; i++) {
        Engine *e = engine_new();
        MidiInput *m = midi_input_open(e, MIDI_INPUT_EVERY);
        g_usleep((gulong)i * MS);
        CHECK(closes_in_a_second(m));
        engine_free(e);
    }
    CHECK(midi_input_close(NULL));
}

// ---- as a driver's thread would play

// The velocity that engine and main thread are told of a stroke.
static int struck(Engine *e, MidiInput *m, int velocity) {
    float out[2 * 64];
    LiveEvent live = {0};
    HeardEvent sounded = {0};
    midi_input_receive(m, (MidiMessage){MIDI_NOTE_ON, 0, 60, velocity});
    engine_render(e, out, 64, 48000);
    CHECK(midi_input_read(m, &live) && engine_heard(e, &sounded));
    CHECK(live.kind == EVENT_ONSET && sounded.event.kind == EVENT_ONSET);
    CHECK(sounded.event.value == live.value);
    int told = live.value;
    midi_input_receive(m, (MidiMessage){MIDI_NOTE_ON, 0, 60, 0});
    engine_render(e, out, 64, 48000);
    CHECK(!engine_held(e, 60));
    CHECK(midi_input_read(m, &live) && live.kind == EVENT_RELEASE);
    while (engine_heard(e, &sounded)) continue;
    return told;
}

TEST(at_any_touch_who_strikes_harder_never_sounds_softer) {
    for (Touch t = 0; t < TOUCHES; t++) {
        CHECK(touch_velocity(t, 0) == 0 && touch_velocity(t, 1) == 1);
        CHECK(touch_velocity(t, 127) == 127);
        for (int v = 2; v < 127; v++) {
            CHECK(touch_velocity(t, v) >= touch_velocity(t, v - 1));
            CHECK(t == 0 || touch_velocity(t, v) <= touch_velocity(t - 1, v));
        }
        CHECK(t == 0 || touch_velocity(t, 64) < touch_velocity(t - 1, 64));
    }
    for (int v = 0; v < 128; v++) CHECK(touch_velocity(TOUCH_NORMAL, v) == v);
}

TEST(another_touch_holds_from_the_next_stroke_on_for_all_that_hear_it) {
    Engine *e = engine_new();
    MidiInput *m = midi_input_open(e, MIDI_INPUT_NONE);
    CHECK(struck(e, m, 64) == 64);
    for (Touch t = 0; t < TOUCHES; t++) {
        midi_input_set_touch(m, t);
        for (int v = 1; v < 128; v++) CHECK(struck(e, m, v) == touch_velocity(t, v));
    }
    CHECK(closes_in_a_second(m));
    engine_free(e);
}

static atomic_bool calm;

// Sends random messages as fast as it can until `calm` is set; then it releases all
// keys and pedals.
static gpointer flood(gpointer input) {
    g_autoptr(GRand) r = g_rand_new_with_seed(1);
    for (int i = 0; !atomic_load(&calm); i++) {
        MidiMessage message = {MIDI_NOTE_ON, g_rand_int_range(r, 0, 4),
                               g_rand_int_range(r, 0, 128),
                               g_rand_int_range(r, 0, 128)};
        if (i % 16 == 0) message.status = MIDI_CONTROL, message.number = 64;
        if (i % 3 == 0) message.status = MIDI_NOTE_OFF;
        midi_input_receive(input, message);
        if (i % 1000 == 0) g_usleep(MS); // that something sounds between
    }
    for (int channel = 0; channel < 4; channel++) {
        for (int pitch = 0; pitch < 128; pitch++)
            midi_input_receive(input, (MidiMessage){MIDI_NOTE_OFF, channel, pitch, 0});
        midi_input_receive(input, (MidiMessage){MIDI_CONTROL, channel, 64, 0});
    }
    return NULL;
}

// Follows what is held by what the main thread is told; returns how many keys are.
static int follow(MidiInput *m, bool down[128]) {
    int count = 0;
    for (LiveEvent v; midi_input_read(m, &v);) {
        if (v.kind == EVENT_ONSET || v.kind == EVENT_RELEASE)
            down[v.pitch] = v.kind == EVENT_ONSET;
        if (v.kind == AUDIO_RELEASE) memset(down, 0, 128);
    }
    for (int pitch = 0; pitch < 128; pitch++) count += down[pitch];
    return count;
}

#define TOO_FAST "MIDI comes faster than it can be played, so notes are left out"

static bool is_told(MidiInput *m, const char *trouble) {
    return strcmp(midi_input_state(m).trouble, trouble) == 0;
}

TEST(a_port_that_floods_is_told_of_and_leaves_no_key_down) {
    Engine *e = engine_new();
    MidiInput *m = midi_input_open(e, MIDI_INPUT_NONE);
    float out[2 * 256];
    bool down[128] = {false};
    HeardEvent heard;
    int sounded = 0;
    GThread *mad = g_thread_new("flood", flood, m);
    int64_t end = now() + 20000 * MS;
    for (int i = 0; now() < end && (sounded < 1000 || !is_told(m, TOO_FAST)); i++) {
        engine_render(e, out, 256, 48000);
        g_usleep(MS);
        if (i % 8 == 0) follow(m, down);
        while (engine_heard(e, &heard)) sounded++;
    }
    CHECK(now() < end && engine_stats(e).dropped > 0);
    atomic_store(&calm, true);
    g_thread_join(mad);
    for (int frames = 0; frames < 2 * ENGINE_ROOM / ENGINE_BURST * 64; frames += 256)
        engine_render(e, out, 256, 48000);
    CHECK(follow(m, down) == 0 && engine_state(e).pedal == 0);
    for (int pitch = 0; pitch < 128; pitch++) CHECK(!engine_held(e, pitch));
    while (engine_heard(e, &heard)) continue;
    CHECK(struck(e, m, 64) == 64); // and plays on
    for (int i = 0; i < 1000 && !is_told(m, ""); i++) g_usleep(10 * MS);
    CHECK(is_told(m, ""));
    CHECK(closes_in_a_second(m));
    engine_free(e);
}

TEST(a_controller_is_read_where_it_is_by_now_and_a_pedal_plays_as_well) {
    Engine *e = engine_new();
    MidiInput *m = midi_input_open(e, MIDI_INPUT_NONE);
    MidiController which;
    LiveEvent live;
    int position;
    CHECK(!midi_input_control_waits(m) &&
          !midi_input_read_control(m, &which, &position));
    for (int i = 0; i < 128; i++)
        midi_input_receive(m, (MidiMessage){MIDI_CONTROL, 1, 21, i});
    CHECK(midi_input_control_waits(m) && midi_input_read_control(m, &which, &position));
    CHECK(which.channel == 2 && which.number == 21 && position == 127);
    CHECK(!midi_input_read_control(m, &which, &position) && !midi_input_read(m, &live));
    midi_input_receive(m, (MidiMessage){MIDI_CONTROL, 0, 64, 100});
    CHECK(midi_input_read_control(m, &which, &position) && which.number == 64);
    CHECK(midi_input_read(m, &live) && live.kind == EVENT_PEDAL && live.value == 100);
    CHECK(closes_in_a_second(m));
    engine_free(e);
}

// ---- beside a server

static GPid sequencer;

// Plays the keys 60 and 64 in turn, a quarter of a second each. If `held`, one of them
// is down nearly all the time.
static void play(bool held) {
    char *turns[] = {"jack_midiseq", "Seq",   "24000", "0",    "60",
                     "6000",         "12000", "64",    "6000", NULL};
    char *hold[] = {"jack_midiseq", "Seq", "48000", "0", "60", "47000", NULL};
    CHECK(g_spawn_async(NULL, held ? hold : turns, NULL,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                            G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_DO_NOT_REAP_CHILD,
                        NULL, NULL, &sequencer, NULL));
}

static void unplug(void) {
    kill(sequencer, SIGKILL);
    waitpid(sequencer, NULL, 0);
}

TEST(what_is_played_is_heard_by_engine_and_main_thread) {
    Engine *e = engine_new();
    MidiInput *m = midi_input_open(e, MIDI_INPUT_EVERY);
    play(false);
    CHECK(connects(m, 1, 5));
    Heard h = listen(e, m, 4, 0, 5);
    CHECK(h.ons >= 4 && h.offs >= 3 && h.pitches[60] >= 1 && h.pitches[64] >= 1);
    CHECK(h.pitches[60] + h.pitches[64] == h.ons);
    HeardEvent sounded;
    int count = 0;
    while (engine_heard(e, &sounded)) count += sounded.event.kind == EVENT_ONSET;
    CHECK(count >= 4);
    g_auto(GStrv) ports = midi_input_ports(m);
    CHECK(g_strv_contains((const char *const *)ports, SEQ));
    midi_input_wish(m, MIDI_INPUT_NONE);
    CHECK(connects(m, 0, 2));
    listen(e, m, 0, 1, 0.2);
    CHECK(listen(e, m, 1, 1, 0.6).ons == 0);
    CHECK(closes_in_a_second(m));
    unplug();
    engine_free(e);
}

// Returns whether the key goes down. JACK may have to forget the last sequencer first.
static bool comes_down(Engine *e, MidiInput *m, int pitch) {
    for (int i = 0; i < 5 && !engine_held(e, pitch); i++) listen(e, m, 1, 0, 1.5);
    return engine_held(e, pitch) == 1 << SOURCE_MIDI;
}

TEST(a_port_that_vanishes_lets_go_and_is_found_again_by_name) {
    Engine *e = engine_new();
    MidiInput *m = midi_input_open(e, SEQ);
    play(true);
    CHECK(connects(m, 1, 5));
    CHECK(comes_down(e, m, 60));
    unplug();
    CHECK(listen(e, m, 0, 1, 5).releases >= 1);
    CHECK(!engine_held(e, 60) && midi_input_state(m).connected == 0);
    CHECK(*midi_input_state(m).trouble);
    play(true);
    CHECK(connects(m, 1, 5) && !*midi_input_state(m).trouble);
    CHECK(listen(e, m, 1, 0, 3).ons > 0);
    CHECK(closes_in_a_second(m));
    unplug();
    engine_free(e);
}

TEST(closing_takes_no_longer_though_the_server_hangs) {
    pid_t server = atoi(g_getenv("PAR_JACKD_PID"));
    Engine *e = engine_new();
    MidiInput *m = midi_input_open(e, MIDI_INPUT_EVERY);
    play(true);
    CHECK(connects(m, 1, 5));
    kill(server, SIGSTOP);
    g_usleep(1500 * MS);
    bool closed = closes_in_a_second(m);
    kill(server, SIGCONT);
    unplug();
    if (closed) engine_free(e); // else both are left behind
}

TEST(a_server_that_dies_lets_go_and_nothing_hangs) {
    pid_t server = atoi(g_getenv("PAR_JACKD_PID"));
    Engine *e = engine_new();
    MidiInput *m = midi_input_open(e, MIDI_INPUT_EVERY);
    connects(m, 0, 10); // the last one is forgotten
    play(true);
    CHECK(connects(m, 1, 10) && comes_down(e, m, 60));
    kill(server, SIGKILL);
    int64_t killed = now();
    CHECK(listen(e, m, 0, 1, 5).releases >= 1);
    CHECK(now() - killed < 2000 * MS);
    CHECK(!engine_held(e, 60) && connects(m, 0, 10));
    CHECK(closes_in_a_second(m));
    unplug();
    engine_free(e);
}

int main(int argc, char **argv) {
    RUN(a_port_that_is_not_there_is_told_and_waited_for);
    RUN(opening_and_closing_at_once_leaves_nothing);
    RUN(at_any_touch_who_strikes_harder_never_sounds_softer);
    RUN(another_touch_holds_from_the_next_stroke_on_for_all_that_hear_it);
    RUN(a_controller_is_read_where_it_is_by_now_and_a_pedal_plays_as_well);
    if (argc == 1) RUN(a_port_that_floods_is_told_of_and_leaves_no_key_down);
    if (argc > 1 && strcmp(argv[1], "hangs") == 0) {
        // It has a server of its own, because one that was stopped may lose clients
        // later.
        RUN(closing_takes_no_longer_though_the_server_hangs);
    } else if (argc > 1) {
        RUN(what_is_played_is_heard_by_engine_and_main_thread);
        RUN(a_port_that_vanishes_lets_go_and_is_found_again_by_name);
        RUN(a_server_that_dies_lets_go_and_nothing_hangs);
    }
    int status = test_end();
    exit_hard(status);
}
