// What the audio callback does: plays what it is asked to, block by block, and tells
// what it played. No device is in here; audio/devices/output.h drives it.
//
//   player thread --\                          /--> state: where the music is
//   main thread ---- rings --> engine_render() ---> heard: what sounded, for the screen
//   MIDI thread ----/              Synth       \--> samples
//
// Every call says who may make it. Nothing waits for the callback, and the callback
// waits for nothing.
//
// Time. The engine keeps one clock, frames rendered, and one position, microseconds of
// the piece. The position moves on only while the player has promised what comes: up to
// the next event in PLAYBACK's ring, each of which says that nothing is due before it,
// or to the last one taken out. Where that ends time waits: what sounds rings on, and
// no late note is ever played in a heap. So a player pushes events in order of time,
// some 300 ms ahead, each time with a promise behind them.
//
//   epoch = engine_cut(e)                    any thread: PLAYBACK falls silent at once
//   engine_jump(e, epoch, AUDIO_NOW, from)   player: begins at `from`, and waits
//   engine_push(e, pedal there), engine_push(e, note) ..., engine_promise(e, epoch, t)
//
// A stop, a pause, a seek, a fork and another take are all a cut: everything pushed
// with an older epoch is dropped, and every key and the pedal of PLAYBACK come up, in
// the next block, though the player be busy elsewhere; the position stays where it was
// until the next jump. A loop is a jump pushed ahead, due at the loop's end: no cut.
//
// Keys. Each source holds its own (audio/keys.h): cutting PLAYBACK cuts no key of
// HANDS. A source that loses an event because its ring is full, or that is released,
// has all its keys and its pedal released. So no key stays down without a release.
#ifndef AUDIO_ENGINE_H
#define AUDIO_ENGINE_H

#include "audio/event.h"
#include "audio/load.h"
#include "audio/synth.h"
#include "audio/wire.h"

typedef struct Engine Engine;

// Without a Synth: it plays silence, and reports events all the same.
Engine *engine_new(void);
// Accepts NULL. No driver may be left (audio/devices/output.h).
void engine_free(Engine *e);

// ---- playing

enum { ENGINE_ROOM = 4096 }; // events that a source's ring takes

// RT safe. Each source by its own thread. False: the ring is full. A player then waits
// and tries again. For HANDS and MIDI the event is lost, counted, and the source
// released.
bool engine_push(Engine *e, AudioEvent event);
bool engine_promise(Engine *e, uint32_t epoch, int64_t time);
bool engine_jump(Engine *e, uint32_t epoch, int64_t time, int64_t to);

// Any thread, any time; also while rings are full. RT safe.
uint32_t engine_cut(Engine *e); // begins an epoch, which it returns
// Every key of the source and its pedal come up; what it pushed before is dropped.
// PLAYBACK is cut instead.
void engine_release(Engine *e, AudioSource source);
// All of that for all sources, then silence at once. Returns the epoch it began.
uint32_t engine_panic(Engine *e);
void engine_test_note(Engine *e);                // middle C, for 0.6 s
void engine_set_volume(Engine *e, float gain);   // 0-1; without: 1
void engine_set_speed(Engine *e, double speed);  // of PLAYBACK, 0.1-4; without: 1
void engine_set_reverb(Engine *e, float amount); // 0-1; without: 0, none
// Off: what is played goes out as MIDI only (audio/wire.h). Without: on.
void engine_set_own_sound(Engine *e, bool on);
void engine_set_channels(Engine *e, WireChannels c); // without: WIRE_CHANNELS

// ---- what became of it: any thread

typedef enum EngineTime {
    TIME_STOPPED, // cut; no jump came since
    TIME_RUNS,
    TIME_WAITS, // for the player's next promise
} EngineTime;

typedef struct EngineState {
    int64_t clock;    // frames ever rendered
    int64_t position; // microseconds of the piece that had been rendered ...
    int64_t at;     // ... at this moment of g_get_monotonic_time(). What the ears hear
                    // is the output's latency earlier.
    uint32_t epoch; // the one that plays. Another than engine_cut() gave: not there yet
    EngineTime time;
    int pedal; // as deep as it is, 0-127
} EngineState;

EngineState engine_state(const Engine *e);   // all of one moment
int engine_held(const Engine *e, int pitch); // as keys_held()
// How loud it is: the loudest sample of late, falling by 24 decibels a second;
// beyond 1 the limiter holds it back.
float engine_level(const Engine *e);

// What sounded, in order. One thread (main). False: nothing new. If the reader sleeps
// through ENGINE_ROOM events the newer are lost; engine_held() is right all the same.
bool engine_heard(Engine *e, HeardEvent *ret);

typedef struct EngineStats { // since engine_new()
    uint32_t dropped;        // events of HANDS and MIDI lost because a ring was full
    uint32_t underruns;      // as the device reports them
    LoadCounts load;
} EngineStats;

EngineStats engine_stats(const Engine *e);

// ---- the piano: one thread gives, one takes; the output's loader and control thread

// Hands a Synth over; what is struck from the next block but one on sounds by it, if
// its rate is the driver's. What sounds rings out in the one before, for 3 s at most,
// with its keys and pedals. Returns one handed over earlier that was not taken up, to
// be closed.
Synth *engine_give_synth(Engine *e, Synth *s);
// The Synth that was replaced and has rung out, to be closed; NULL: none.
Synth *engine_take_synth(Engine *e);

// ---- driving it: one driver at a time

// Writes `frames` frames, left and right in turn, for a device of `rate` frames a
// second. RT safe.
void engine_render(Engine *e, float *out, int frames, int rate);
void engine_underrun(Engine *e); // RT safe.

// The next MIDI message of what engine_render() has just written; its frame is one of
// these. RT safe. False: there is none. It stays the next until it is dropped.
bool engine_message(const Engine *e, WireMessage *ret);
void engine_drop_message(Engine *e); // RT safe.
// As wire_shut(), wire_is_quiet() and wire_has(). Any thread.
void engine_shut_wire(Engine *e, WireShut why, bool shut);
bool engine_wire_is_quiet(const Engine *e);
bool engine_wire_has(const Engine *e, WireShut why);

// ---- MIDI that a thread other than the driver sends, while the wire is WIRE_RELAYED

typedef struct RelayedMessage {
    int64_t due; // of g_get_monotonic_time()
    uint8_t bytes[3];
} RelayedMessage;

// The driver's: passes a message of engine_message() on; frame 0 of the call is due at
// `at`. False: there is no room, it must be kept. RT safe.
bool engine_hand_over(Engine *e, const WireMessage *m, int64_t at);
// The next that was passed on; it stays the next until it is dropped. One thread, at a
// time. RT safe.
bool engine_relayed(Engine *e, RelayedMessage *ret);
void engine_drop_relayed(Engine *e); // RT safe.

#endif
