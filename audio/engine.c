#include "audio/engine.h"

#include "audio/piano.h"
#include "audio/ring.h"

#include <glib.h>
#include <string.h>
#include <time.h>

#define TEST_PITCH    60
#define TEST_VELOCITY 80
#define TEST_SECONDS  0.6

// An EngineState that one thread writes and any reads. `turn` is odd while it changes.
typedef struct Published {
    _Atomic uint32_t turn;
    _Atomic int64_t clock, position, at;
    _Atomic uint32_t epoch;
    _Atomic int time, pedal;
} Published;

// What other threads ask of the callback.
typedef struct Asked {
    _Atomic uint32_t epoch;
    atomic_bool release[SOURCES], panic, test;
    _Atomic double speed;
} Asked;

// Where the piece is: the callback's own, as are the next ones.
typedef struct Place {
    EngineTime time;
    uint32_t epoch;   // the epoch that plays
    double start;     // of the piece, in microseconds ...
    int64_t played;   // ... and how many frames of it were played since,
    double speed;     // ... at this speed
    int64_t promised; // nothing unknown is due before, of the piece
} Place;

// A block of the synth, which the driver takes in pieces of any length.
typedef struct Block {
    float frames[SYNTH_BLOCK][2];
    int left; // frames that the driver has not had
} Block;

// What the callback tells other threads.
typedef struct Told {
    Published state;
    _Atomic uint32_t dropped, underruns;
    Load load;
} Told;

struct Engine {
    Ring rings[SOURCE_TEST]; // of AudioEvent, one a source
    Ring relayed;            // of RelayedMessage
    Piano piano;
    Asked asked;
    int rate;
    int64_t clock; // frames
    int64_t given; // frame of the clock that the last call began with
    Place place;
    int test_left; // frames until the test note ends
    Block block;
    Told told;
};

Engine *engine_new(void) {
    Engine *e = g_aligned_alloc0(1, sizeof *e, alignof(Engine));
    for (int s = 0; s < SOURCE_TEST; s++)
        ring_init(&e->rings[s], sizeof(AudioEvent), ENGINE_ROOM);
    ring_init(&e->relayed, sizeof(RelayedMessage), ENGINE_ROOM);
    piano_init(&e->piano, ENGINE_ROOM);
    atomic_init(&e->asked.speed, 1);
    e->place.speed = 1;
    return e;
}

void engine_free(Engine *e) {
    if (!e) return;
    for (int s = 0; s < SOURCE_TEST; s++) ring_free(&e->rings[s]);
    ring_free(&e->relayed);
    piano_free(&e->piano);
    g_aligned_free(e);
}

// ---- asked, by any thread

bool engine_push(Engine *e, AudioEvent event) {
    g_assert(event.source < SOURCE_TEST);
    event.pitch &= 127;
    event.value &= 127;
    if (ring_push(&e->rings[event.source], &event)) return true;
    if (event.source != SOURCE_PLAYBACK) {
        atomic_fetch_add(&e->told.dropped, 1);
        engine_release(e, event.source);
    }
    return false;
}

bool engine_promise(Engine *e, uint32_t epoch, int64_t time) {
    return engine_push(
        e, (AudioEvent){.time = time, .epoch = epoch, .kind = AUDIO_PROMISE});
}

bool engine_jump(Engine *e, uint32_t epoch, int64_t time, int64_t to) {
    return engine_push(
        e, (AudioEvent){.time = time, .to = to, .epoch = epoch, .kind = AUDIO_JUMP});
}

uint32_t engine_cut(Engine *e) { return atomic_fetch_add(&e->asked.epoch, 1) + 1; }

void engine_release(Engine *e, AudioSource source) {
    if (source == SOURCE_PLAYBACK)
        engine_cut(e);
    else
        atomic_store(&e->asked.release[source], true);
}

uint32_t engine_panic(Engine *e) {
    uint32_t epoch = engine_cut(e);
    atomic_store(&e->asked.panic, true);
    return epoch;
}

void engine_test_note(Engine *e) { atomic_store(&e->asked.test, true); }

void engine_set_volume(Engine *e, float gain) {
    atomic_store(&e->piano.volume, CLAMP(gain, 0, 1));
}

void engine_set_reverb(Engine *e, float amount) {
    atomic_store(&e->piano.reverb, CLAMP(amount, 0, 1));
}

void engine_set_own_sound(Engine *e, bool on) { atomic_store(&e->piano.mute, !on); }

void engine_set_channels(Engine *e, WireChannels c) {
    wire_set_channels(&e->piano.wire, c);
}

void engine_shut_wire(Engine *e, WireShut why, bool shut) {
    wire_shut(&e->piano.wire, why, shut);
}

bool engine_wire_is_quiet(const Engine *e) { return wire_is_quiet(&e->piano.wire); }

bool engine_wire_has(const Engine *e, WireShut why) {
    return wire_has(&e->piano.wire, why);
}

void engine_set_speed(Engine *e, double speed) {
    atomic_store(&e->asked.speed, CLAMP(speed, 0.1, 4));
}

Synth *engine_give_synth(Engine *e, Synth *s) {
    return atomic_exchange(&e->piano.synth.incoming, s);
}

Synth *engine_take_synth(Engine *e) {
    return atomic_exchange(&e->piano.synth.outgoing, NULL);
}

// ---- told, to any thread

EngineState engine_state(const Engine *e) {
    const Published *p = &e->told.state;
    EngineState s;
    uint32_t turn;
    do {
        turn = atomic_load(&p->turn);
        s.clock = atomic_load(&p->clock);
        s.position = atomic_load(&p->position);
        s.at = atomic_load(&p->at);
        s.epoch = atomic_load(&p->epoch);
        s.time = (EngineTime)atomic_load(&p->time);
        s.pedal = atomic_load(&p->pedal);
    } while (turn % 2 || turn != atomic_load(&p->turn));
    return s;
}

int engine_held(const Engine *e, int pitch) { return keys_held(&e->piano.keys, pitch); }
float engine_level(const Engine *e) { return atomic_load(&e->piano.level); }
bool engine_heard(Engine *e, HeardEvent *ret) { return ring_pop(&e->piano.heard, ret); }

EngineStats engine_stats(const Engine *e) {
    return (EngineStats){atomic_load(&e->told.dropped), atomic_load(&e->told.underruns),
                         load_counts(&e->told.load)};
}

void engine_underrun(Engine *e) { atomic_fetch_add(&e->told.underruns, 1); }

// ---- the callback: time

static double position_after(const Engine *e, int frames) {
    return e->place.start +
           (double)(e->place.played + frames) * 1e6 * e->place.speed / e->rate;
}

static void begin_at(Engine *e, double position) {
    e->place.start = position;
    e->place.played = 0;
}

static void jump(Engine *e, int64_t to) {
    piano_let_go(&e->piano, SOURCE_PLAYBACK);
    begin_at(e, (double)to);
    e->place.promised = to;
    e->place.time = TIME_WAITS;
}

static void follow_epoch(Engine *e) {
    uint32_t epoch = atomic_load(&e->asked.epoch);
    if (epoch == e->place.epoch) return;
    e->place.epoch = epoch;
    e->place.time = TIME_STOPPED;
    piano_let_go(&e->piano, SOURCE_PLAYBACK);
}

static void follow_speed(Engine *e, int rate) {
    double speed = atomic_load(&e->asked.speed);
    if (rate == e->rate && speed == e->place.speed) return;
    if (e->rate) begin_at(e, position_after(e, 0));
    e->rate = rate;
    e->place.speed = speed;
}

// The frame of the block that `time` falls on, for the wire; the synth has no finer
// place than the block.
static void set_frame(Engine *e, int64_t time) {
    double frames = ((double)time - position_after(e, 0)) * 1e-6 * e->rate /
                    e->place.speed;
    int64_t frame = e->clock + (int64_t)CLAMP(frames + 0.5, 0, SYNTH_BLOCK - 1);
    e->piano.wire.frame = MAX(e->piano.wire.frame, frame);
}

static void take(Engine *e, AudioEvent event) {
    if (event.time != AUDIO_NOW) set_frame(e, event.time);
    if (event.kind == AUDIO_JUMP) {
        jump(e, event.to);
    } else {
        if (event.time > e->place.promised) e->place.promised = event.time;
        piano_apply(&e->piano, event);
    }
}

// Moves on to the next block if all that is due in this one is known, or waits.
static void move_on(Engine *e, bool known) {
    known |= position_after(e, SYNTH_BLOCK) <= (double)e->place.promised;
    e->place.time = known ? TIME_RUNS : TIME_WAITS;
    if (known)
        e->place.played += SYNTH_BLOCK;
    else if (position_after(e, 0) < (double)e->place.promised)
        begin_at(e, (double)e->place.promised);
}

// Plays what of the piece is due in this block. Only a jump begins what was cut.
static void play_piece(Engine *e) {
    Ring *ring = &e->rings[SOURCE_PLAYBACK];
    AudioEvent event;
    int left = ENGINE_BURST;
    follow_epoch(e);
    for (int i = 0; i < ENGINE_ROOM && ring_peek(ring, &event); i++) {
        follow_epoch(e); // what was pushed before the look may belong to a newer one
        bool stopped = e->place.time == TIME_STOPPED;
        bool wanted = event.epoch == e->place.epoch &&
                      (!stopped || event.kind == AUDIO_JUMP);
        bool due = stopped || (double)event.time < position_after(e, SYNTH_BLOCK);
        if (wanted && !due) {
            move_on(e, true);
            return;
        }
        if (wanted && left-- == 0) return; // the piece waits for the next block
        if (wanted) take(e, event);
        ring_pop(ring, &event);
    }
    if (e->place.time != TIME_STOPPED) move_on(e, false);
}

static void play_live(Engine *e, AudioSource source) {
    AudioEvent event;
    if (atomic_exchange(&e->asked.release[source], false)) {
        ring_drop(&e->rings[source]);
        piano_let_go(&e->piano, source);
    }
    for (int i = 0; i < ENGINE_BURST && ring_pop(&e->rings[source], &event); i++)
        piano_apply(&e->piano, event);
}

static void play_test(Engine *e) {
    if (atomic_exchange(&e->asked.test, false)) {
        e->test_left = (int)(TEST_SECONDS * e->rate);
        piano_apply(&e->piano,
                    (AudioEvent){AUDIO_NOW, .kind = EVENT_ONSET, .source = SOURCE_TEST,
                                 .pitch = TEST_PITCH, .value = TEST_VELOCITY});
    } else if (e->test_left > 0 && (e->test_left -= SYNTH_BLOCK) <= 0) {
        piano_let_go(&e->piano, SOURCE_TEST);
    }
}

// ---- the callback: a block

static void silence_all(Engine *e) {
    ring_drop(&e->rings[SOURCE_HANDS]);
    ring_drop(&e->rings[SOURCE_MIDI]);
    e->test_left = 0;
    piano_silence(&e->piano);
}

static void render_block(Engine *e) {
    float left[SYNTH_BLOCK], right[SYNTH_BLOCK];
    wire_begin(&e->piano.wire, e->clock);
    e->piano.clock = e->clock;
    e->piano.position = (int64_t)position_after(e, 0);
    if (atomic_exchange(&e->asked.panic, false)) silence_all(e);
    play_live(e, SOURCE_HANDS);
    play_live(e, SOURCE_MIDI);
    play_test(e);
    play_piece(e);
    piano_render(&e->piano, left, right, e->rate);
    for (int i = 0; i < SYNTH_BLOCK; i++) {
        e->block.frames[i][0] = left[i];
        e->block.frames[i][1] = right[i];
    }
    e->block.left = SYNTH_BLOCK;
    e->clock += SYNTH_BLOCK;
}

static int64_t nanoseconds(void) { // by the vDSO: no system call
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void publish(Engine *e, int64_t now) {
    Published *p = &e->told.state;
    atomic_fetch_add(&p->turn, 1);
    atomic_store(&p->clock, e->clock);
    atomic_store(&p->position, (int64_t)position_after(e, 0));
    atomic_store(&p->at, now / 1000);
    atomic_store(&p->epoch, e->place.epoch);
    atomic_store(&p->time, e->place.time);
    atomic_store(&p->pedal, keys_pedal(&e->piano.keys, PEDAL_DAMPER));
    atomic_fetch_add(&p->turn, 1);
}

void engine_render(Engine *e, float *out, int frames, int rate) {
    int64_t began = nanoseconds();
    e->given = e->clock - e->block.left;
    follow_speed(e, rate);
    for (int done = 0; done < frames;) {
        if (!e->block.left) render_block(e);
        int n = MIN(e->block.left, frames - done);
        memcpy(out + 2 * (size_t)done, e->block.frames[SYNTH_BLOCK - e->block.left],
               (size_t)n * sizeof e->block.frames[0]);
        e->block.left -= n;
        done += n;
    }
    int64_t now = nanoseconds();
    load_count(&e->told.load, (double)(now - began) * 1e-9 * rate / frames);
    publish(e, now);
}

bool engine_message(const Engine *e, WireMessage *ret) {
    if (!wire_peek(&e->piano.wire, e->clock - e->block.left, ret)) return false;
    ret->frame = MAX(0, ret->frame - e->given); // what was not taken then comes first
    return true;
}

void engine_drop_message(Engine *e) { wire_drop(&e->piano.wire); }

bool engine_hand_over(Engine *e, const WireMessage *m, int64_t at) {
    RelayedMessage r = {at + m->frame * 1000000 / e->rate,
                        {m->bytes[0], m->bytes[1], m->bytes[2]}};
    return ring_push(&e->relayed, &r);
}

bool engine_relayed(Engine *e, RelayedMessage *ret) {
    return ring_peek(&e->relayed, ret);
}

void engine_drop_relayed(Engine *e) {
    RelayedMessage m;
    ring_pop(&e->relayed, &m);
}
