// The engine, rendered into memory: when events sound, which source holds which key,
// how time waits, and that no key stays down.
#include "audio/engine.h"
#include "audio/keys.h"
#include "audio/limiter.h"
#include "audio/soundfont.h"
#include "tests/audio/audio_event.h"
#include "tests/audio/tsan.h"
#include "tests/test.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#define RATE  48000
#define BLOCK SYNTH_BLOCK

static char *soundfont; // NULL: there is none here

static Engine *open_engine(bool sounding) {
    Engine *e = engine_new();
    Synth *s = NULL;
    float out[2 * BLOCK];
    if (!sounding) return e;
    CHECK(synth_open(&s, soundfont, RATE, NULL));
    CHECK(!engine_give_synth(e, s));
    engine_render(e, out, BLOCK, RATE); // the engine takes the events
    CHECK(!engine_take_synth(e));
    return e;
}

// Renders so many frames, `period` at a time, and returns the loudest sample.
static float render(Engine *e, int frames, int period) {
    float out[2 * 1024], top = 0;
    while (frames > 0) {
        int n = MIN(period, frames);
        engine_render(e, out, n, RATE);
        for (int i = 0; i < 2 * n; i++) top = fmaxf(top, fabsf(out[i]));
        frames -= n;
    }
    return top;
}

static uint32_t begin(Engine *e, int64_t from) {
    uint32_t epoch = engine_cut(e);
    CHECK(engine_jump(e, epoch, AUDIO_NOW, from));
    return epoch;
}

static int64_t time_of(int frame) {
    return ((int64_t)frame * 1000000 + RATE - 1) / RATE;
}

// Returns the next event of a kind that sounded; its clock is -1 if there is none.
static HeardEvent next_heard(Engine *e, int kind) {
    HeardEvent h;
    while (engine_heard(e, &h))
        if (h.event.kind == kind) return h;
    return (HeardEvent){.clock = -1};
}

static int keys_down(Engine *e) {
    int count = 0;
    for (int pitch = 0; pitch < PITCHES; pitch++) count += engine_held(e, pitch) != 0;
    return count;
}

// ---- time

TEST(a_note_is_silent_before_its_block_and_sounds_in_it) {
    static const int due[] = {0, 1, 63, 64, 700, 4801, 20000},
                     periods[] = {64, 100, 441, 512};
    for (size_t i = 0; i < G_N_ELEMENTS(due); i++) {
        int period = periods[i % G_N_ELEMENTS(periods)], block = due[i] / BLOCK * BLOCK;
        Engine *e = open_engine(true);
        uint32_t epoch = begin(e, 0);
        CHECK(
            engine_push(e, in(epoch, note(SOURCE_PLAYBACK, time_of(due[i]), 60, 100))));
        CHECK(engine_promise(e, epoch, G_USEC_PER_SEC));
        CHECK(render(e, block, period) == 0);
        CHECK(render(e, BLOCK, period) > 0);
        CHECK(next_heard(e, EVENT_ONSET).clock == BLOCK + block);
        engine_free(e);
    }
}

TEST(time_waits_for_the_players_promise) {
    Engine *e = open_engine(false);
    CHECK(engine_state(e).time == TIME_STOPPED);
    uint32_t epoch = begin(e, 5000000);
    render(e, RATE, 512);
    CHECK(engine_state(e).time == TIME_WAITS && engine_state(e).position == 5000000);
    CHECK(engine_promise(e, epoch, 5100000));
    render(e, RATE / 20, 64);
    CHECK(engine_state(e).time == TIME_RUNS);
    CHECK_NEAR((double)engine_state(e).position, 5050000, 1400);
    render(e, RATE, 512);
    CHECK(engine_state(e).time == TIME_WAITS && engine_state(e).position == 5100000);
    engine_free(e);
}

TEST(what_comes_too_late_comes_later_and_never_in_a_heap) {
    Engine *e = open_engine(false);
    uint32_t epoch = begin(e, 0);
    CHECK(engine_promise(e, epoch, 100000));
    render(e, 2 * RATE, 512); // the player sends nothing for two seconds
    for (int i = 0; i < 10; i++)
        CHECK(engine_push(
            e, in(epoch, note(SOURCE_PLAYBACK, 100000 + 50000 * i, 60 + i, 64))));
    CHECK(engine_promise(e, epoch, 1000000));
    render(e, RATE, 512);
    int64_t before = next_heard(e, EVENT_ONSET).clock;
    CHECK(before >= 2 * RATE - BLOCK);
    for (int i = 1; i < 10; i++) {
        int64_t clock = next_heard(e, EVENT_ONSET).clock;
        CHECK_NEAR((double)(clock - before), RATE / 20.0, BLOCK);
        before = clock;
    }
    engine_free(e);
}

TEST(an_event_ahead_is_a_promise_of_its_own) {
    Engine *e = open_engine(false);
    uint32_t epoch = begin(e, 0);
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 500000, 60, 64))));
    render(e, RATE, 512);
    CHECK(engine_state(e).position == 500000 && engine_held(e, 60));
    engine_free(e);
}

TEST(a_loop_is_a_jump_that_lets_go) {
    Engine *e = open_engine(false);
    uint32_t epoch = begin(e, 0);
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 100000, 60, 64))));
    CHECK(engine_push(e, in(epoch, pedal(SOURCE_PLAYBACK, 100000, 127))));
    CHECK(engine_jump(e, epoch, 500000, 0));
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 100000, 62, 64))));
    CHECK(engine_promise(e, epoch, 200000));
    render(e, RATE * 45 / 100, 64);
    CHECK(engine_held(e, 60) && engine_state(e).pedal == 127);
    render(e, RATE / 10, 64);
    CHECK(!engine_held(e, 60) && engine_state(e).pedal == 0);
    CHECK_NEAR((double)engine_state(e).position, 50000, 3000);
    render(e, RATE / 10, 64);
    CHECK(engine_held(e, 62));
    engine_free(e);
}

TEST(twice_the_speed_takes_half_the_time) {
    Engine *e = open_engine(false);
    uint32_t epoch = begin(e, 0);
    CHECK(engine_promise(e, epoch, 10000000));
    render(e, RATE, 512);
    engine_set_speed(e, 2);
    render(e, RATE, 512);
    CHECK_NEAR((double)engine_state(e).position, 3000000, 1400);
    engine_set_speed(e, 0.5);
    render(e, RATE, 512);
    CHECK_NEAR((double)engine_state(e).position, 3500000, 1400);
    engine_free(e);
}

TEST(another_device_rate_changes_no_due_time) {
    Engine *e = open_engine(false);
    float out[2 * 441];
    uint32_t epoch = begin(e, 0);
    CHECK(engine_promise(e, epoch, 10000000));
    render(e, RATE, 512);
    for (int i = 0; i < 100; i++) engine_render(e, out, 441, 44100);
    CHECK_NEAR((double)engine_state(e).position, 2000000, 3000);
    engine_free(e);
}

// ---- epochs

TEST(a_cut_drops_what_was_pushed_and_lets_everything_go) {
    Engine *e = open_engine(false);
    uint32_t epoch = begin(e, 0);
    CHECK(engine_push(e, in(epoch, pedal(SOURCE_PLAYBACK, 0, 100))));
    for (int i = 0; i < 20; i++)
        CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 1000 * i, 40 + i, 64))));
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 500000, 90, 64))));
    render(e, RATE / 10, 512);
    CHECK(keys_down(e) == 20 && engine_state(e).pedal == 100);
    int64_t position = engine_state(e).position;
    uint32_t next = engine_cut(e);
    render(e, BLOCK, BLOCK);
    CHECK(keys_down(e) == 0 && engine_state(e).pedal == 0);
    CHECK(engine_state(e).time == TIME_STOPPED && engine_state(e).epoch == next);
    CHECK(engine_state(e).position == position);
    render(e, RATE, 512);
    CHECK(keys_down(e) == 0 && engine_state(e).position == position);
    CHECK(next_heard(e, AUDIO_RELEASE).event.source == SOURCE_PLAYBACK);
    engine_free(e);
}

TEST(an_event_of_an_older_epoch_is_dropped_though_it_comes_after_the_cut) {
    Engine *e = open_engine(false);
    uint32_t old = begin(e, 0), epoch = begin(e, 1000000);
    CHECK(engine_push(e, in(old, note(SOURCE_PLAYBACK, AUDIO_NOW, 60, 64))));
    CHECK(engine_jump(e, old, AUDIO_NOW, 9000000));
    CHECK(engine_promise(e, old, 9000000));
    render(e, RATE, 512);
    CHECK(keys_down(e) == 0 && engine_state(e).position == 1000000);
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 1000000, 62, 64))));
    render(e, RATE, 512);
    CHECK(keys_down(e) == 1 && engine_held(e, 62));
    engine_free(e);
}

TEST(what_was_cut_begins_by_a_jump_only) {
    Engine *e = open_engine(false);
    uint32_t epoch = engine_cut(e);
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 70000, 60, 64))));
    CHECK(engine_promise(e, epoch, 1000000));
    render(e, RATE, 512);
    CHECK(keys_down(e) == 0 && engine_state(e).time == TIME_STOPPED);
    CHECK(engine_jump(e, epoch, 500000, 300000)); // whether it is due or not
    CHECK(engine_promise(e, epoch, 1000000));
    render(e, BLOCK, BLOCK);
    CHECK(engine_state(e).time == TIME_RUNS);
    CHECK_NEAR((double)engine_state(e).position, 300000, 1400);
    engine_free(e);
}

// ---- sources and keys

TEST(a_stop_leaves_the_keys_of_the_hands_and_the_other_way_round) {
    Engine *e = open_engine(true);
    uint32_t epoch = begin(e, 0);
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 0, 60, 90))));
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 0, 64, 90))));
    CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 90)));
    render(e, RATE / 2, 512);
    CHECK(engine_held(e, 60) == (1 << SOURCE_PLAYBACK | 1 << SOURCE_HANDS));
    engine_cut(e);
    render(e, RATE * 2, 512);
    CHECK(keys_down(e) == 1 && engine_held(e, 60) == 1 << SOURCE_HANDS);
    CHECK(render(e, 512, 512) > 0.001f); // and it sounds
    CHECK(engine_push(e, note(SOURCE_MIDI, AUDIO_NOW, 67, 90)));
    render(e, BLOCK, BLOCK);
    engine_release(e, SOURCE_HANDS);
    render(e, RATE * 2, 512);
    CHECK(keys_down(e) == 1 && engine_held(e, 67) == 1 << SOURCE_MIDI);
    CHECK(render(e, 512, 512) > 0.001f);
    engine_release(e, SOURCE_MIDI);
    render(e, RATE * 4, 512);
    CHECK(keys_down(e) == 0 && render(e, 512, 512) == 0);
    engine_free(e);
}

TEST(a_key_is_down_while_any_source_holds_it_whatever_the_order) {
    for (uint32_t seed = 1; seed <= 200; seed++) {
        GRand *r = g_rand_new_with_seed(seed);
        Engine *e = open_engine(false);
        bool held[SOURCES][PITCHES] = {0};
        int depth[SOURCES] = {0};
        uint32_t epoch = begin(e, 0);
        for (int i = 0; i < 300; i++) {
            int source = g_rand_int_range(r, 0, SOURCE_TEST);
            int pitch = g_rand_int_range(r, 60, 64);
            int kind = g_rand_int_range(r, 0, 3), value = g_rand_int_range(r, 0, 128);
            AudioEvent event = kind ? note(source, AUDIO_NOW, pitch, kind == 1 ? 64 : 0)
                                    : pedal(source, AUDIO_NOW, value);
            CHECK(engine_push(e, in(epoch, event)));
            if (kind)
                held[source][pitch] = kind == 1;
            else
                depth[source] = value;
            render(e, BLOCK, BLOCK);
            int deepest = MAX(depth[0], MAX(depth[1], depth[2]));
            CHECK(engine_state(e).pedal == deepest);
            for (int p = 60; p < 64; p++)
                CHECK(engine_held(e, p) ==
                      (held[0][p] << 0 | held[1][p] << 1 | held[2][p] << 2));
        }
        engine_free(e);
        g_rand_free(r);
    }
}

TEST(a_source_that_loses_an_event_is_released) {
    Engine *e = open_engine(false);
    CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 64)));
    CHECK(engine_push(e, note(SOURCE_MIDI, AUDIO_NOW, 70, 64)));
    CHECK(engine_push(e, pedal(SOURCE_HANDS, AUDIO_NOW, 127)));
    render(e, BLOCK, BLOCK);
    for (int i = 0; i < ENGINE_ROOM; i++)
        CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 61 + i % 8, i % 3 * 30)));
    CHECK(!engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 0)));
    render(e, BLOCK, BLOCK);
    CHECK(keys_down(e) == 1 && engine_held(e, 70));
    CHECK(engine_state(e).pedal == 0 && engine_stats(e).dropped == 1);
    engine_free(e);
}

// Returns how many onsets the next block plays. Their pitches must rise from this one
// on.
static int onsets_in_block(Engine *e, int pitch) {
    int count = 0;
    render(e, BLOCK, BLOCK);
    for (HeardEvent h; (h = next_heard(e, EVENT_ONSET)).clock >= 0; count++)
        CHECK(h.event.pitch == (pitch + count) % 128);
    return count;
}

TEST(a_flood_of_live_notes_is_spread_over_blocks_and_loses_none) {
    static const AudioSource live[] = {SOURCE_HANDS, SOURCE_MIDI};
    for (size_t i = 0; i < G_N_ELEMENTS(live); i++) {
        Engine *e = open_engine(false);
        for (int n = 0; n < ENGINE_ROOM; n++)
            CHECK(engine_push(e, note(live[i], AUDIO_NOW, n % 128, 64)));
        for (int heard = 0; heard < ENGINE_ROOM; heard += ENGINE_BURST)
            CHECK(onsets_in_block(e, heard) == ENGINE_BURST);
        CHECK(engine_stats(e).dropped == 0);
        engine_free(e);
    }
}

TEST(a_piece_waits_while_more_is_due_at_once_than_a_block_applies) {
    enum { FLOOD = 4000 };
    Engine *e = open_engine(false);
    uint32_t epoch = begin(e, 1000000);
    for (int n = 0; n < FLOOD; n++)
        CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 1000000, n % 128, 64))));
    CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 1100000, 60, 64))));
    CHECK(engine_promise(e, epoch, 1200000));
    CHECK(onsets_in_block(e, 0) == ENGINE_BURST - 1); // the jump counts too
    for (int heard = ENGINE_BURST - 1; heard < FLOOD; heard += ENGINE_BURST) {
        CHECK(engine_state(e).position == 1000000);
        CHECK(onsets_in_block(e, heard) == MIN(ENGINE_BURST, FLOOD - heard));
    }
    int64_t over = engine_state(e).clock;
    render(e, RATE / 5, BLOCK);
    HeardEvent h = next_heard(e, EVENT_ONSET); // as much later as in the piece
    CHECK_NEAR((double)(h.clock - over), RATE / 10.0, 2 * BLOCK);
    engine_free(e);
}

TEST(a_full_ring_of_the_player_loses_nothing) {
    Engine *e = open_engine(false);
    uint32_t epoch = begin(e, 0);
    int pushed = 0, heard = 0;
    while (pushed < 3 * ENGINE_ROOM) {
        int64_t time = (int64_t)pushed * 1000;
        if (engine_push(e, in(epoch, note(SOURCE_PLAYBACK, time, pushed % 128, 64))))
            pushed++;
        else
            render(e, 512, 512);
        while (next_heard(e, EVENT_ONSET).clock >= 0) heard++;
    }
    while (engine_state(e).time != TIME_WAITS) {
        render(e, 512, 512);
        while (next_heard(e, EVENT_ONSET).clock >= 0) heard++;
    }
    CHECK(heard == pushed && engine_stats(e).dropped == 0);
    engine_free(e);
}

TEST(a_flood_goes_out_whole_though_a_period_is_as_long_as_any) {
    enum { FLOOD = 4000, PERIOD = 8192 };
    static float out[2 * PERIOD];
    Engine *e = open_engine(false);
    uint32_t epoch = begin(e, 0);
    WireMessage m;
    int sent = 0;
    engine_shut_wire(e, WIRE_NO_DEVICE, false);
    for (int n = 0; n < FLOOD; n++)
        CHECK(engine_push(e, in(epoch, note(SOURCE_PLAYBACK, 0, n % 128, 64))));
    engine_render(e, out, PERIOD, RATE);
    for (; engine_message(e, &m); engine_drop_message(e))
        if (m.bytes[0] == 0x90) CHECK(m.bytes[1] == sent++ % 128);
    CHECK(sent == FLOOD);
    engine_free(e);
}

// ---- no key stays down

static void fill_rings(Engine *e, uint32_t epoch) {
    AudioEvent event = in(epoch, note(SOURCE_PLAYBACK, AUDIO_NOW, 50, 64));
    while (engine_push(e, event)) continue;
    for (int source = SOURCE_HANDS; source <= SOURCE_MIDI; source++)
        for (int i = 0; i < ENGINE_ROOM; i++)
            CHECK(engine_push(e, note(source, AUDIO_NOW, 50 + i % 40, 64)));
}

TEST(panic_is_silence_at_once_though_all_rings_are_full) {
    Engine *e = open_engine(true);
    uint32_t epoch = begin(e, 0);
    for (int source = 0; source < SOURCE_TEST; source++) {
        CHECK(engine_push(e, in(epoch, pedal(source, AUDIO_NOW, 127))));
        for (int i = 0; i < 10; i++)
            CHECK(engine_push(
                e, in(epoch, note(source, AUDIO_NOW, 40 + 3 * i + source, 100))));
    }
    engine_test_note(e);
    CHECK(render(e, RATE / 10, 512) > 0.1f && keys_down(e) > 20);
    fill_rings(e, epoch);
    uint32_t next = engine_panic(e);
    render(e, BLOCK, BLOCK);
    CHECK(keys_down(e) == 0 && engine_state(e).pedal == 0);
    CHECK(engine_state(e).epoch == next && engine_state(e).time == TIME_STOPPED);
    CHECK(render(e, RATE, 512) == 0 && keys_down(e) == 0);
    engine_free(e);
}

static void do_anything(Engine *e, GRand *r, uint32_t *epoch, int64_t *time) {
    int source = g_rand_int_range(r, 0, SOURCE_TEST);
    int pitch = g_rand_int_range(r, 0, PITCHES), value = g_rand_int_range(r, 0, 128);
    bool piece = source == SOURCE_PLAYBACK;
    if (piece) *time += g_rand_int_range(r, 0, 20000);
    int64_t due = piece ? *time : AUDIO_NOW;
    switch (g_rand_int_range(r, 0, 24)) {
    case 0: *epoch = begin(e, *time = g_rand_int_range(r, 0, 10000000)); break;
    case 1: engine_jump(e, *epoch, due, *time = g_rand_int_range(r, 0, 9999999)); break;
    case 2: engine_release(e, source); break;
    case 3: engine_set_speed(e, g_rand_double_range(r, 0.1, 4)); break;
    case 4: engine_test_note(e); break;
    case 5: engine_promise(e, *epoch, *time); break;
    case 6: *epoch -= 1; break; // as from a player that does not know of the cut yet
    case 7: *epoch = engine_cut(e); break;
    case 8: *epoch = engine_panic(e); break;
    case 9:
    case 10: engine_push(e, in(*epoch, pedal(source, due, value))); break;
    default:
        engine_push(e, in(*epoch, note(source, due, pitch, value % 2 ? value : 0)));
    }
    if (g_rand_int_range(r, 0, 3) == 0)
        render(e, g_rand_int_range(r, 1, 2000), g_rand_int_range(r, 1, 1024));
}

// A reader of the events that sounded holds the same keys as the engine.
static void follow(Engine *e, bool lit[SOURCES][PITCHES], int depth[SOURCES]) {
    HeardEvent h;
    while (engine_heard(e, &h)) {
        AudioEvent v = h.event;
        if (v.kind == AUDIO_RELEASE) {
            memset(lit[v.source], 0, sizeof lit[v.source]);
            depth[v.source] = 0;
        } else if (v.kind == EVENT_PEDAL)
            depth[v.source] = v.value;
        else
            lit[v.source][v.pitch] = v.kind == EVENT_ONSET;
    }
    for (int source = 0; source < SOURCES; source++)
        for (int pitch = 0; pitch < PITCHES; pitch++)
            CHECK(lit[source][pitch] == (engine_held(e, pitch) >> source & 1));
}

static void play_anything(uint32_t seed, bool sounding, int steps) {
    GRand *r = g_rand_new_with_seed(seed);
    Engine *e = open_engine(sounding);
    bool lit[SOURCES][PITCHES] = {0};
    int depth[SOURCES] = {0};
    int64_t time = 0;
    uint32_t epoch = begin(e, 0);
    for (int i = 0; i < steps; i++) do_anything(e, r, &epoch, &time);
    follow(e, lit, depth);
    if (seed % 2) {
        engine_panic(e);
    } else { // a stop, and the hands release their keys
        engine_cut(e);
        engine_release(e, SOURCE_HANDS);
        engine_release(e, SOURCE_MIDI);
    }
    render(e, RATE, 512); // the test note is over too
    CHECK(keys_down(e) == 0 && engine_state(e).pedal == 0);
    follow(e, lit, depth);
    for (int source = 0; source < SOURCES; source++) CHECK(depth[source] == 0);
    if (sounding) {
        render(e, 8 * RATE, 512);
        CHECK(render(e, 512, 512) == 0);
    }
    engine_free(e);
    g_rand_free(r);
}

TEST(after_a_stop_or_panic_nothing_is_down_whatever_came_before) {
    for (uint32_t seed = 1; seed <= (SANITIZED ? 40 : 300); seed++)
        play_anything(seed, false, 400);
}

TEST(and_nothing_sounds_for_ever) {
    for (uint32_t seed = 1; seed <= 4; seed++) play_anything(seed, true, 400);
}

// ---- the sound

TEST(the_test_note_ends_by_itself) {
    Engine *e = open_engine(true);
    engine_test_note(e);
    CHECK(render(e, RATE / 4, 512) > 0.01f && engine_held(e, 60));
    render(e, RATE / 2, 512);
    CHECK(keys_down(e) == 0);
    engine_free(e);
}

TEST(volume_scales_what_sounds) {
    float peaks[2];
    for (int i = 0; i < 2; i++) {
        Engine *e = open_engine(true);
        engine_set_volume(e, i ? 0.25f : 1);
        render(e, BLOCK, BLOCK);
        CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 100)));
        peaks[i] = render(e, RATE / 2, 512);
        engine_free(e);
    }
    CHECK_NEAR((double)(peaks[1] / peaks[0]), 0.25, 0.001);
}

TEST(no_sample_leaves_the_range_and_no_step_is_made) {
    Limiter l = LIMITER_INIT;
    float left[BLOCK], right[BLOCK], before = 0;
    for (int block = 0; block < 400; block++) {
        for (int i = 0; i < BLOCK; i++) {
            float x = (float)sin((block * BLOCK + i) * 0.05);
            float swell = (float)((block - 100) * BLOCK + i) / (10 * BLOCK);
            float loud = 0.5f + 2.5f * CLAMP(MIN(swell, 6 - swell), 0, 1);
            left[i] = loud * x;
            right[i] = -loud * x;
        }
        limiter_apply(&l, left, right, BLOCK, RATE);
        int flat = 0;
        for (int i = 0; i < BLOCK; i++) {
            CHECK(fabsf(left[i]) <= 1 && right[i] == -left[i]);
            CHECK(fabsf(left[i] - before) < 0.2f); // the sound's own steps are 3 * 0.05
            before = left[i];
            flat += fabsf(left[i]) == 1;
        }
        CHECK(flat <= 8); // of 64 frames, while it approaches the loudest
        if (block < 100) CHECK(l.gain == 1);
    }
    CHECK(l.gain > 0.6f && l.gain < 1); // it has partly returned
}

static Engine *open_sounding(void) { // with a held key and the pedal down
    Engine *e = open_engine(true);
    CHECK(engine_push(e, pedal(SOURCE_HANDS, AUDIO_NOW, 127)));
    CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 100)));
    render(e, RATE / 2, 512);
    return e;
}

static Synth *give_another(Engine *e, int rate) {
    Synth *fresh = NULL;
    CHECK(synth_open(&fresh, soundfont, rate, NULL));
    CHECK(!engine_give_synth(e, fresh));
    return fresh;
}

TEST(what_sounds_rings_out_in_the_synth_that_is_replaced_without_a_step) {
    Engine *one = open_sounding(), *other = open_sounding();
    float kept[2 * BLOCK], out[2 * BLOCK], loudest = 0, left = 0, full = 0;
    give_another(other, RATE);
    for (int frame = 0; frame < 2 * RATE; frame += BLOCK) {
        engine_render(one, kept, BLOCK, RATE);
        engine_render(other, out, BLOCK, RATE);
        left = full = 0;
        for (int i = 0; i < 2 * BLOCK; i++) {
            float faded = (float)(frame + BLOCK) / (3 * RATE);
            CHECK(fabsf(out[i] - kept[i]) <= faded * fabsf(kept[i]) + 1e-6f);
            loudest = fmaxf(loudest, fabsf(out[i]));
            left = fmaxf(left, fabsf(out[i]));
            full = fmaxf(full, fabsf(kept[i]));
        }
    }
    CHECK(loudest > 0.01f && !engine_take_synth(other));
    CHECK(left > 0.3f * full && left < 0.4f * full); // a third is left
    CHECK(engine_held(other, 60) && engine_state(other).pedal == 127);
    render(other, RATE + 512, 512);
    CHECK(render(other, 512, 512) == 0);
    synth_close(engine_take_synth(other));
    engine_free(one);
    engine_free(other);
}

TEST(what_rings_in_a_synth_that_is_replaced_is_let_go_and_silenced_as_ever) {
    for (int how = 0; how < 3; how++) {
        Engine *e = open_sounding();
        give_another(e, RATE);
        render(e, 512, 512);
        CHECK(render(e, 512, 512) > 0.001f);
        if (how == 0) engine_panic(e);
        if (how == 1) engine_release(e, SOURCE_HANDS);
        if (how == 2) { // striking again releases the old key, without a pedal
            CHECK(engine_push(e, pedal(SOURCE_HANDS, AUDIO_NOW, 0)));
            CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 60, 1)));
        }
        render(e, how == 0 ? BLOCK : RATE, BLOCK);
        CHECK(render(e, 512, 512) < 0.001f);
        render(e, RATE / 10, 512);
        synth_close(engine_take_synth(e));
        engine_free(e);
    }
}

TEST(a_new_synth_takes_over_and_the_old_one_is_handed_back) {
    Engine *e = open_sounding();
    Synth *fresh = give_another(e, RATE);
    render(e, 4 * RATE, 512);
    CHECK(render(e, RATE / 4, 512) == 0); // struck on the old piano
    CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 64, 100)));
    render(e, BLOCK, BLOCK);
    CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 64, 0)));
    render(e, RATE / 2, 512);
    CHECK(render(e, 512, 512) > 0.001f); // the new piano has the pedal down
    Synth *other = give_another(e, 44100);
    render(e, 4 * RATE, 512); // the old one stays until the first was fetched
    Synth *old = engine_take_synth(e);
    CHECK(old && old != fresh && old != other);
    synth_close(old);
    render(e, RATE / 10, 512);
    CHECK(engine_take_synth(e) == fresh);
    synth_close(fresh);
    CHECK(engine_push(e, note(SOURCE_HANDS, AUDIO_NOW, 70, 100)));
    CHECK(render(e, RATE / 4, 512) == 0); // made for another rate
    engine_free(e);
}

TEST(the_load_of_nearly_all_callbacks_is_told) {
    Load l = {0};
    LoadCounts none = load_counts(&l);
    CHECK(load_quantile(&none, 0.999) == 0);
    for (int i = 0; i < 9990; i++) load_count(&l, 0.1);
    for (int i = 0; i < 10; i++) load_count(&l, i ? 0.7 : 5);
    LoadCounts c = load_counts(&l);
    CHECK_NEAR(load_quantile(&c, 0.999), 4 / 32.0, 1e-9);
    CHECK_NEAR(load_quantile(&c, 0.9991), 23 / 32.0, 1e-9);
    CHECK(c.most == 5);
}

// ---- threads

typedef struct Shared {
    Engine *e;
    atomic_bool over;
} Shared;

static void *play_on(void *arg) {
    Shared *s = arg;
    int64_t time = 0;
    uint32_t epoch = begin(s->e, 0);
    for (int i = 0; !atomic_load(&s->over); i++, time += 700) {
        if (i % 1000 == 999) {
            epoch = engine_cut(s->e);
            while (!engine_jump(s->e, epoch, AUDIO_NOW, time) && !atomic_load(&s->over))
                sched_yield();
        }
        AudioEvent event = note(SOURCE_PLAYBACK, time, i % 88 + 21, i % 2 ? 0 : 50);
        if (!engine_push(s->e, in(epoch, event))) sched_yield();
    }
    return NULL;
}

static void *touch(void *arg) {
    Shared *s = arg;
    HeardEvent h;
    for (int i = 0; !atomic_load(&s->over); i++) {
        engine_push(s->e, note(SOURCE_HANDS, AUDIO_NOW, i % 128, i % 3 * 40));
        EngineState state = engine_state(s->e);
        if (state.position < 0 || state.clock % BLOCK) abort();
        while (engine_heard(s->e, &h)) continue;
        if (i % 500 == 0) engine_panic(s->e);
        sched_yield();
    }
    return NULL;
}

TEST(four_threads_share_one_engine) {
    Shared s = {.e = open_engine(soundfont != NULL)};
    pthread_t player, main_thread;
    CHECK(pthread_create(&player, NULL, play_on, &s) == 0);
    CHECK(pthread_create(&main_thread, NULL, touch, &s) == 0);
    for (int i = 0; i < 40; i++) {
        Synth *synth = NULL;
        render(s.e, RATE / 20, 512);
        if (!soundfont || i % 10) continue;
        CHECK(synth_open(&synth, soundfont, RATE, NULL));
        synth_close(engine_give_synth(s.e, synth));
        synth_close(engine_take_synth(s.e));
    }
    atomic_store(&s.over, true);
    pthread_join(player, NULL);
    pthread_join(main_thread, NULL);
    engine_panic(s.e);
    render(s.e, 512, 512);
    CHECK(keys_down(s.e) == 0);
    engine_free(s.e);
}

int main(void) {
    soundfont = soundfont_find(NULL, NULL);
    if (!soundfont) fprintf(stderr, "no soundfont here: nothing is listened to\n");
    RUN(time_waits_for_the_players_promise);
    RUN(what_comes_too_late_comes_later_and_never_in_a_heap);
    RUN(an_event_ahead_is_a_promise_of_its_own);
    RUN(a_loop_is_a_jump_that_lets_go);
    RUN(twice_the_speed_takes_half_the_time);
    RUN(another_device_rate_changes_no_due_time);
    RUN(a_cut_drops_what_was_pushed_and_lets_everything_go);
    RUN(an_event_of_an_older_epoch_is_dropped_though_it_comes_after_the_cut);
    RUN(what_was_cut_begins_by_a_jump_only);
    RUN(a_key_is_down_while_any_source_holds_it_whatever_the_order);
    RUN(a_source_that_loses_an_event_is_released);
    RUN(a_flood_of_live_notes_is_spread_over_blocks_and_loses_none);
    RUN(a_piece_waits_while_more_is_due_at_once_than_a_block_applies);
    RUN(a_full_ring_of_the_player_loses_nothing);
    RUN(a_flood_goes_out_whole_though_a_period_is_as_long_as_any);
    RUN(after_a_stop_or_panic_nothing_is_down_whatever_came_before);
    RUN(no_sample_leaves_the_range_and_no_step_is_made);
    RUN(the_load_of_nearly_all_callbacks_is_told);
    RUN(four_threads_share_one_engine);
    if (soundfont) {
        RUN(a_note_is_silent_before_its_block_and_sounds_in_it);
        RUN(a_stop_leaves_the_keys_of_the_hands_and_the_other_way_round);
        RUN(panic_is_silence_at_once_though_all_rings_are_full);
        RUN(and_nothing_sounds_for_ever);
        RUN(the_test_note_ends_by_itself);
        RUN(volume_scales_what_sounds);
        RUN(what_sounds_rings_out_in_the_synth_that_is_replaced_without_a_step);
        RUN(what_rings_in_a_synth_that_is_replaced_is_let_go_and_silenced_as_ever);
        RUN(a_new_synth_takes_over_and_the_old_one_is_handed_back);
    }
    g_free(soundfont);
    return test_end();
}
