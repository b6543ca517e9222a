// The MIDI that the engine sends, checked by a receiver that counts the keys that are
// down.
#include "audio/engine.h"
#include "tests/audio/audio_event.h"
#include "tests/test.h"

#include <stdlib.h>

#define RATE   48000
#define SECOND 1000000 // microseconds of a piece

enum { CHANNELS = 16, PITCHES_ALL = 128, MOST = 4096 };

typedef struct Receiver {
    bool deaf;                       // accepts no messages
    int down[CHANNELS][PITCHES_ALL]; // strokes minus releases
    int pedal[CHANNELS][PEDALS];
    int ons[CHANNELS], offs[CHANNELS], others;
    int64_t frame;        // the first frame of the next call
    int64_t onsets[MOST]; // frames of strokes, in order
    int count;
    int64_t last;
} Receiver;

static void receive(Receiver *r, const WireMessage *m, int frames) {
    int channel = m->bytes[0] & 15, a = m->bytes[1], b = m->bytes[2];
    CHECK(m->frame >= 0 && m->frame < frames);
    CHECK(r->frame + m->frame >= r->last); // in order, as JACK requires
    r->last = r->frame + m->frame;
    switch (m->bytes[0] & 0xF0) {
    case 0x90:
        CHECK(b > 0);
        r->down[channel][a]++;
        r->ons[channel]++;
        if (r->count < MOST) r->onsets[r->count++] = r->last;
        break;
    case 0x80: r->down[channel][a]--, r->offs[channel]++; break;
    case 0xB0:
        if (pedal_of_controller(a) < PEDALS)
            r->pedal[channel][pedal_of_controller(a)] = b;
        r->others += pedal_of_controller(a) == PEDALS;
        break;
    default: CHECK(!"a message of another kind");
    }
}

// Renders so many frames, `period` at a time.
static void play(Engine *e, Receiver *r, int frames, int period) {
    static float out[2 * 4096];
    WireMessage m;
    for (int done = 0; done < frames; done += period) {
        engine_render(e, out, period, RATE);
        for (; !r->deaf && engine_message(e, &m); engine_drop_message(e))
            receive(r, &m, period);
        r->frame += period;
    }
}

static int all_down(const Receiver *r) {
    int sum = 0;
    for (int c = 0; c < CHANNELS; c++) {
        for (int p = 0; p < PEDALS; p++) sum += r->pedal[c][p] > 0;
        for (int p = 0; p < PITCHES_ALL; p++) sum += abs(r->down[c][p]);
    }
    return sum;
}

static Engine *open_engine(void) {
    Engine *e = engine_new();
    engine_shut_wire(e, WIRE_NO_DEVICE, false);
    return e;
}

static void push(Engine *e, uint32_t epoch, AudioEvent event) {
    CHECK(engine_push(e, in(epoch, event)));
}

static uint32_t begin(Engine *e) {
    uint32_t epoch = engine_cut(e);
    CHECK(engine_jump(e, epoch, AUDIO_NOW, 0));
    return epoch;
}

TEST(each_part_goes_out_on_its_channel) {
    Engine *e = open_engine();
    Receiver r = {0};
    uint32_t epoch = begin(e);
    AudioEvent written = note(SOURCE_PLAYBACK, 0, 62, 80);
    written.written = true;
    push(e, epoch, note(SOURCE_PLAYBACK, 0, 60, 80));
    push(e, epoch, written);
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 64, 80));
    engine_push(e, note(SOURCE_MIDI, AUDIO_NOW, 65, 80));
    CHECK(engine_promise(e, epoch, SECOND));
    play(e, &r, 512, 256);
    CHECK(r.down[0][60] == 1 && r.down[1][62] == 1 && r.down[2][64] == 1 &&
          r.down[2][65] == 1);
    CHECK(all_down(&r) == 4);
    engine_set_channels(e, (WireChannels){{0, 16, 0}}); // held keys are released
    play(e, &r, 512, 256);
    CHECK(all_down(&r) == 0);
    written.time = SECOND / 2;
    push(e, epoch, written);
    push(e, epoch, note(SOURCE_PLAYBACK, SECOND / 2, 70, 80));
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 64, 80));
    CHECK(engine_promise(e, epoch, SECOND));
    play(e, &r, RATE, 256);
    CHECK(r.down[15][62] == 1 && all_down(&r) == 1);
    engine_free(e);
}

// Pieces with strokes at any time, at any speed and with any period.
TEST(a_stroke_goes_out_on_the_frame_it_is_due_on) {
    static const int periods[] = {64, 100, 256, 1024, 1};
    static const double speeds[] = {1, 0.5, 1.37};
    for (size_t i = 0; i < G_N_ELEMENTS(periods); i++) {
        Engine *e = open_engine();
        Receiver r = {0};
        double speed = speeds[i % G_N_ELEMENTS(speeds)], worst = 0;
        enum { STROKES = 200 };
        int64_t due[STROKES], time = 0;
        engine_set_speed(e, speed);
        uint32_t epoch = begin(e);
        for (int n = 0; n < STROKES; n++) {
            due[n] = time;
            push(e, epoch, note(SOURCE_PLAYBACK, time, 30 + n % 60, 80));
            push(e, epoch, note(SOURCE_PLAYBACK, time, 30 + n % 60, 0));
            time += 1 + (n * 7919) % 9973;
        }
        CHECK(engine_promise(e, epoch, time + SECOND));
        play(e, &r, 4 * RATE, periods[i]);
        CHECK(r.count == STROKES && all_down(&r) == 0);
        for (int n = 0; n < r.count; n++)
            worst = fmax(worst, fabs((double)(r.onsets[n] - r.onsets[0]) -
                                     (double)due[n] * 1e-6 * RATE / speed));
        fprintf(stderr, "period %d, speed %g: off by %.2f frames at most\n", periods[i],
                speed, worst);
        CHECK(worst < 1);
        engine_free(e);
    }
}

// Keys and the pedal of all parts are down.
static uint32_t hold(Engine *e, Receiver *r) {
    uint32_t epoch = begin(e);
    AudioEvent written = note(SOURCE_PLAYBACK, 0, 62, 80);
    written.written = true;
    push(e, epoch, pedal(SOURCE_PLAYBACK, 0, 100));
    push(e, epoch, note(SOURCE_PLAYBACK, 0, 60, 80));
    push(e, epoch, written);
    CHECK(engine_promise(e, epoch, SECOND));
    play(e, r, 256, 256);
    CHECK(all_down(r) == 4); // two keys, and the pedal on both channels
    return epoch;
}

TEST(a_stop_a_seek_and_a_loop_let_all_of_the_piece_go) {
    Engine *e = open_engine();
    Receiver r = {0};
    hold(e, &r);
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 64, 80));
    play(e, &r, 256, 256);
    engine_cut(e); // a stop, as a fork and another take
    play(e, &r, 256, 256);
    CHECK(all_down(&r) == 1 && r.down[2][64] == 1); // the key of the hands
    uint32_t epoch = hold(e, &(Receiver){.frame = r.frame});
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 64, 0));
    CHECK(engine_jump(e, epoch, SECOND, 0)); // a loop
    play(e, &r, 2 * RATE, 256);
    Receiver fresh = {.frame = r.frame, .last = r.last};
    hold(e, &fresh);
    engine_cut(e);
    CHECK(engine_jump(e, engine_cut(e), AUDIO_NOW, 5 * SECOND)); // a seek
    play(e, &fresh, 256, 256);
    CHECK(all_down(&fresh) == 0);
    engine_free(e);
}

TEST(a_panic_and_a_release_let_all_go) {
    Engine *e = open_engine();
    Receiver r = {0};
    hold(e, &r);
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 64, 80));
    engine_push(e, pedal(SOURCE_MIDI, AUDIO_NOW, 90));
    play(e, &r, 256, 256);
    engine_panic(e);
    play(e, &r, 256, 256);
    CHECK(all_down(&r) == 0 && r.others == 6); // 123 and 120 on three channels
    engine_push(e, note(SOURCE_MIDI, AUDIO_NOW, 64, 80));
    engine_push(e, pedal(SOURCE_MIDI, AUDIO_NOW, 90));
    play(e, &r, 256, 256);
    CHECK(all_down(&r) == 2);
    engine_release(e, SOURCE_MIDI); // the keyboard vanished
    play(e, &r, 256, 256);
    CHECK(all_down(&r) == 0);
    engine_free(e);
}

TEST(a_key_struck_again_comes_up_first_and_the_last_to_hold_it_lets_go) {
    Engine *e = open_engine();
    Receiver r = {0};
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 80));
    engine_push(e, note(SOURCE_MIDI, AUDIO_NOW, 60, 90));
    play(e, &r, 256, 256);
    CHECK(r.ons[2] == 2 && r.offs[2] == 1);
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 0));
    play(e, &r, 256, 256);
    CHECK(r.down[2][60] == 1);
    engine_push(e, note(SOURCE_MIDI, AUDIO_NOW, 60, 0));
    play(e, &r, 256, 256);
    CHECK(all_down(&r) == 0);
    engine_free(e);
}

TEST(what_a_receiver_did_not_take_in_time_is_made_good) {
    Engine *e = open_engine();
    Receiver r = {0};
    int64_t time = 0;
    uint32_t epoch = begin(e);
    r.deaf = true;
    for (int i = 0; i < 3 * WIRE_ROOM; i++) { // more than there is room for
        push(e, epoch, note(SOURCE_PLAYBACK, time += 100, 20 + i % 80, 80));
        if (i % 3 == 0) push(e, epoch, note(SOURCE_PLAYBACK, time, 20 + i % 80, 0));
        push(e, epoch, pedal(SOURCE_PLAYBACK, time, i % 128));
        if (i % 100 == 0) {
            CHECK(engine_promise(e, epoch, time));
            play(e, &r, RATE / 50, RATE / 50);
        }
    }
    CHECK(engine_promise(e, epoch, time + 1));
    play(e, &r, RATE, 256);
    r.deaf = false;
    engine_cut(e);
    play(e, &r, 1024, 256);
    CHECK(r.ons[0] > 100 && all_down(&r) == 0);
    engine_free(e);
}

TEST(once_it_is_closed_everything_came_up_and_was_taken) {
    Engine *e = open_engine();
    Receiver r = {0};
    hold(e, &r);
    engine_shut_wire(e, WIRE_NO_DEVICE, true);
    CHECK(!engine_wire_is_quiet(e));
    play(e, &r, 256, 256);
    CHECK(all_down(&r) == 0 && !engine_wire_is_quiet(e)); // taken in this period
    play(e, &r, 256, 256);
    CHECK(engine_wire_is_quiet(e));
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 80));
    play(e, &r, 256, 256);
    CHECK(all_down(&r) == 0 && engine_wire_is_quiet(e)); // nothing more is sent
    engine_shut_wire(e, WIRE_NO_DEVICE, false);
    engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 61, 80));
    play(e, &r, 256, 256);
    CHECK(all_down(&r) == 1);
    engine_free(e);
}

int main(void) {
    RUN(each_part_goes_out_on_its_channel);
    RUN(a_stroke_goes_out_on_the_frame_it_is_due_on);
    RUN(a_stop_a_seek_and_a_loop_let_all_of_the_piece_go);
    RUN(a_panic_and_a_release_let_all_go);
    RUN(a_key_struck_again_comes_up_first_and_the_last_to_hold_it_lets_go);
    RUN(what_a_receiver_did_not_take_in_time_is_made_good);
    RUN(once_it_is_closed_everything_came_up_and_was_taken);
    return test_end();
}
