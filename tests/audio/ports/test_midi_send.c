// MIDI sent by ALSA's sequencer, for which this file has a stand-in: it replaces the
// functions of libasound, and its clock is a second behind. Checks what a receiver
// gets, and that no key stays down there.
#include "audio/devices/driver.h"
#include "audio/ports/midi_held.h"
#include "audio/ports/midi_send.h"
#include "tests/audio/audio_event.h"
#include "tests/test.h"

#include <alsa/asoundlib.h>
#include <stdlib.h>

#define BEHIND 1000000 // microseconds

// ---- the sequencer

static bool no_sequencer;
static atomic_int sent, closed;
static int down[16][128], pedals;
static int64_t last, due[1000];

static int64_t now(void) { return g_get_monotonic_time() - BEHIND; }

int snd_seq_open(snd_seq_t **ret, const char *name, int streams, int mode) {
    *ret = (snd_seq_t *)&sent;
    return no_sequencer ? -2 : 0;
}
int snd_seq_close(snd_seq_t *seq) { return atomic_fetch_add(&closed, 1), 0; }
int snd_seq_set_client_name(snd_seq_t *seq, const char *name) {
    CHECK(strcmp(name, "par-midi") == 0);
    return 0;
}
int snd_seq_client_id(snd_seq_t *seq) { return 128; }
int snd_seq_create_simple_port(snd_seq_t *seq, const char *name, unsigned caps,
                               unsigned type) {
    CHECK(strcmp(name, "par-midi out") == 0 && caps & SND_SEQ_PORT_CAP_SUBS_READ);
    return 0;
}
int snd_seq_alloc_queue(snd_seq_t *seq) { return 3; }
int snd_seq_control_queue(snd_seq_t *seq, int queue, int type, int value,
                          snd_seq_event_t *ev) {
    return 0;
}
int snd_seq_drain_output(snd_seq_t *seq) { return 0; }
int snd_seq_get_queue_status(snd_seq_t *seq, int queue, snd_seq_queue_status_t *s) {
    return 0;
}
const snd_seq_real_time_t *
snd_seq_queue_status_get_real_time(const snd_seq_queue_status_t *s) {
    static _Thread_local snd_seq_real_time_t t;
    t = (snd_seq_real_time_t){(unsigned)(now() / 1000000),
                              (unsigned)(now() % 1000000 * 1000)};
    return &t;
}
int snd_seq_event_output(snd_seq_t *seq, snd_seq_event_t *ev) {
    int64_t at = (int64_t)ev->time.time.tv_sec * 1000000 + ev->time.time.tv_nsec / 1000;
    CHECK(ev->queue == 3 && ev->dest.client == SND_SEQ_ADDRESS_SUBSCRIBERS);
    CHECK(at >= last && snd_seq_ev_is_real(ev) && snd_seq_ev_is_abstime(ev));
    last = at;
    if (ev->type == SND_SEQ_EVENT_NOTEON) {
        due[sent] = at + BEHIND;
        down[ev->data.note.channel][ev->data.note.note]++;
        atomic_fetch_add(&sent, 1);
    } else if (ev->type == SND_SEQ_EVENT_NOTEOFF) {
        down[ev->data.note.channel][ev->data.note.note]--;
    } else if (ev->type == SND_SEQ_EVENT_CONTROLLER) {
        pedals = ev->data.control.value;
    }
    return 0;
}

static int all_down(void) {
    int sum = pedals;
    for (int c = 0; c < 16; c++)
        for (int p = 0; p < 128; p++) sum += abs(down[c][p]);
    return sum;
}

// ---- the rules

// An engine driven by a device without MIDI, and the time at which its next call is
// due.
static Engine *open_engine(Driver *d) {
    Engine *e = engine_new();
    *d = (Driver){.engine = e};
    driver_allow(d, 1);
    engine_shut_wire(e, WIRE_RELAYED, true);
    return e;
}

static void call(Driver *d) {
    float out[2 * 480];
    driver_render(d, 1, out, 480, 48000, false, NULL);
    g_usleep(10000);
}

TEST(each_message_leaves_a_moment_after_it_is_due_and_none_overtakes) {
    Driver d;
    Engine *e = open_engine(&d);
    AlsaSend *s = alsa_send_open(e);
    CHECK(s);
    uint32_t epoch = engine_cut(e);
    engine_jump(e, epoch, AUDIO_NOW, 0);
    for (int i = 0; i < 10; i++)
        engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 7000 * i, 40 + i, 80)));
    engine_promise(e, epoch, 200000);
    int64_t began = g_get_monotonic_time();
    for (int i = 0; i < 20; i++) call(&d);
    for (int i = 0; i < 1000 && sent < 10; i++) g_usleep(10000);
    CHECK(sent == 10);
    CHECK(due[0] >= began + MIDI_DELAY);
    for (int i = 1; i < 10; i++) // although a busy machine calls irregularly
        CHECK_NEAR((double)(due[i] - due[0]), 7000.0 * i, 50000);
    CHECK(all_down() == 10);
    alsa_send_close(s);
    CHECK(all_down() == 0 && closed == 1);
    CHECK(last <= now()); // the queue had enough time
    engine_free(e);
}

TEST(what_was_sent_comes_up_at_the_end_though_nobody_drives_any_more) {
    Driver d;
    Engine *e = open_engine(&d);
    AlsaSend *s = alsa_send_open(e);
    atomic_store(&sent, 0);
    engine_push(e, (AudioEvent){AUDIO_NOW, .kind = EVENT_PEDAL, .source = SOURCE_HANDS,
                                .value = 100});
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 80));
    call(&d);
    for (int i = 0; i < 1000 && sent < 1; i++) g_usleep(10000);
    CHECK(pedals == 100 && down[2][60] == 1);
    alsa_send_close(s);
    CHECK(all_down() == 0);
    engine_free(e);
}

// The clock plays a block of 10 ms when its time is over, so up to 10 ms late.
TEST(what_hands_play_is_due_no_earlier_than_that_also_by_the_clock) {
    enum { STROKES = 50 };
    Driver d = {0};
    Engine *e = engine_new();
    int64_t played[STROKES], after = 0;
    int heard = 0;
    engine_shut_wire(e, WIRE_RELAYED, true);
    driver_start(&d, e);
    for (int i = 0; i < STROKES; i++) {
        played[i] = g_get_monotonic_time();
        engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 30 + i, 80));
        g_usleep(7000);
    }
    RelayedMessage m;
    for (int i = 0; i < 1000 && heard < STROKES; i++, g_usleep(1000))
        for (; engine_relayed(e, &m); engine_drop_relayed(e), heard++)
            after += m.due - played[m.bytes[1] - 30];
    CHECK(heard == STROKES && after >= 0); // on average
    CHECK(driver_stop(&d));
    engine_free(e);
}

TEST(without_a_sequencer_there_is_none) {
    Engine *e = engine_new();
    no_sequencer = true;
    CHECK(!alsa_send_open(e));
    engine_free(e);
}

TEST(nothing_is_relayed_unless_it_is_asked_for) {
    Driver d;
    RelayedMessage m;
    Engine *e = open_engine(&d);
    engine_shut_wire(e, WIRE_RELAYED, false);
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 80));
    call(&d);
    CHECK(!engine_relayed(e, &m) && engine_wire_is_quiet(e));
    engine_shut_wire(e, WIRE_RELAYED, true);
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 61, 80));
    call(&d);
    CHECK(engine_relayed(e, &m) && m.bytes[0] == 0x92 && m.bytes[1] == 61);
    engine_drop_relayed(e);
    engine_shut_wire(e, WIRE_NO_PORT, true); // it is released, though relayed
    call(&d);
    CHECK(engine_relayed(e, &m) && m.bytes[0] == 0x82 && m.bytes[1] == 61);
    engine_free(e);
}

TEST(all_that_is_held_is_let_go_once) {
    static const uint8_t messages[][3] = {
        {0x90, 60, 80}, {0x90, 60, 0}, {0x91, 61, 1},   {0x81, 61, 64}, {0x92, 62, 80},
        {0xB2, 64, 9},  {0xB2, 64, 0}, {0xB3, 67, 127}, {0x94, 1, 1},   {0xB4, 123, 0}};
    MidiHeld h = {0};
    uint8_t bytes[3];
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++)
        midi_held_follow(&h, messages[i]);
    CHECK(midi_held_let_go(&h, bytes) && bytes[0] == 0x82 && bytes[1] == 62);
    CHECK(midi_held_let_go(&h, bytes) && bytes[0] == 0xB3 && bytes[1] == 67);
    CHECK(bytes[2] == 0 && !midi_held_let_go(&h, bytes));
}

int main(void) {
    RUN(each_message_leaves_a_moment_after_it_is_due_and_none_overtakes);
    RUN(what_was_sent_comes_up_at_the_end_though_nobody_drives_any_more);
    RUN(what_hands_play_is_due_no_earlier_than_that_also_by_the_clock);
    RUN(without_a_sequencer_there_is_none);
    RUN(nothing_is_relayed_unless_it_is_asked_for);
    RUN(all_that_is_held_is_let_go_once);
    return test_end();
}
