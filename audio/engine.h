// The engine is the code of the audio callback: it plays the events that it is given,
// block by block, and reports what it played. It knows no device;
// audio/devices/output.h drives it.
//
//   player thread --\                          /--> state: where the music is
//   main thread ---- rings --> engine_render() ---> heard: what sounded, for the screen
//   MIDI thread ----/              Synth       \--> samples
//
// The comment of each function says which thread may call it. Nothing waits for the
// callback, and the callback waits for nothing.
//
// Time. The engine has one clock, in frames rendered, and one position, in microseconds
// of the piece. The position advances only as far as the player has promised. An event
// or promise in PLAYBACK's ring states that nothing else is due before it, so the
// position may advance to the next one in the ring, or to the last one taken out. There
// it stops: notes keep sounding, and late notes are never played all at once. So a
// player pushes events in order of time, about 300 ms ahead, followed by a promise.
//
//   epoch = engine_cut(e)                    any thread: silences PLAYBACK at once
//   engine_jump(e, epoch, AUDIO_NOW, from)   player: sets the position; playback waits
//   engine_push(e, pedal there), engine_push(e, note) ..., engine_promise(e, epoch, t)
//
// A stop, a pause, a seek, a fork and a change of take are all cuts: in the next block
// everything that was pushed with an older epoch is dropped, and every key and the
// pedal of PLAYBACK are released, even if the player is busy. The position stays where
// it was until the next jump. A loop needs no cut: it is a jump that is pushed ahead
// and due at the loop's end.
//
// Keys. Each source holds its own keys (audio/keys.h): cutting PLAYBACK releases no key
// of HANDS. A source that loses an event because its ring is full, or that is released,
// has all its keys and its pedal released. So no key stays down without a release.
#ifndef AUDIO_ENGINE_H
#define AUDIO_ENGINE_H

#include "audio/event.h"
#include "audio/load.h"
#include "audio/synth.h"
#include "audio/wire.h"

typedef struct Engine Engine;

// A new engine has no Synth: it plays silence, but reports events.
Engine *engine_new(void);
// Accepts NULL. Its driver must have ended (audio/devices/output.h).
void engine_free(Engine *e);

// ---- playing

enum { ENGINE_ROOM = 4096 }; // the capacity of a source's ring, in events
// How many events of each source one block of 64 frames applies; the rest wait for the
// next blocks, and so does the position of the piece. A block lasts 1.3 ms, in which a
// MIDI cable carries two messages, and each event takes the synthesizer up to 20 us.
enum { ENGINE_BURST = 32 };

// RT safe. Each source has one thread that may call it. Returns false if the ring is
// full; a player then waits and tries again. An event of HANDS or MIDI is lost, which
// is counted, and that source is released.
bool engine_push(Engine *e, AudioEvent event);
bool engine_promise(Engine *e, uint32_t epoch, int64_t time);
bool engine_jump(Engine *e, uint32_t epoch, int64_t time, int64_t to);

// Any thread, at any time, even while rings are full. RT safe.
uint32_t engine_cut(Engine *e); // begins a new epoch and returns it
// Releases every key and the pedal of the source, and drops its pending events.
// PLAYBACK is cut instead.
void engine_release(Engine *e, AudioSource source);
// Does that for all sources, then silences the sound at once. Returns the new epoch.
uint32_t engine_panic(Engine *e);
void engine_test_note(Engine *e);                // middle C, for 0.6 s
void engine_set_volume(Engine *e, float gain);   // 0-1; default: 1
void engine_set_speed(Engine *e, double speed);  // of PLAYBACK, 0.1-4; default: 1
void engine_set_reverb(Engine *e, float amount); // 0-1; default: 0
// Off: the engine only sends MIDI (audio/wire.h). Default: on.
void engine_set_own_sound(Engine *e, bool on);
void engine_set_channels(Engine *e, WireChannels c); // default: WIRE_CHANNELS

// ---- what became of it: any thread

typedef enum EngineTime {
    TIME_STOPPED, // cut, and no jump since then
    TIME_RUNS,
    TIME_WAITS, // waits for the player's next promise
} EngineTime;

typedef struct EngineState {
    int64_t clock; // frames ever rendered
    // The piece had been rendered up to `position`, in microseconds, at the time `at`
    // of g_get_monotonic_time(). The listener hears it later, by the output's latency.
    int64_t position;
    int64_t at;
    // Current epoch; differs from engine_cut()'s result until the cut takes effect.
    uint32_t epoch;
    EngineTime time;
    int pedal; // its depth, 0-127
} EngineState;

EngineState engine_state(const Engine *e);   // a consistent snapshot
int engine_held(const Engine *e, int pitch); // as keys_held()
// The peak level, which falls by 24 decibels per second. Above 1 the limiter acts.
float engine_level(const Engine *e);

// Returns the events that sounded, in order; false if there are no new ones. One thread
// (main). If the reader falls ENGINE_ROOM events behind, newer ones are lost, but
// engine_held() stays right.
bool engine_heard(Engine *e, HeardEvent *ret);

typedef struct EngineStats { // since engine_new()
    uint32_t dropped; // events of HANDS and MIDI that were lost because a ring was full
    uint32_t underruns; // as reported by the device
    LoadCounts load;
} EngineStats;

EngineStats engine_stats(const Engine *e);

// ---- the piano: one thread gives, one takes; the output's loader and control thread

// Hands over a Synth, which plays the notes that begin from the next block but one on,
// if its rate is the driver's. Notes that already sound end in the old Synth, with its
// keys and pedals, within 3 s. Returns an earlier Synth that was never used, to be
// closed, or NULL.
Synth *engine_give_synth(Engine *e, Synth *s);
// Returns a Synth that was replaced and is silent now, to be closed; NULL: none.
Synth *engine_take_synth(Engine *e);

// ---- driving it: one driver at a time

// Writes `frames` frames, left and right interleaved, for a device of `rate` frames per
// second. RT safe.
void engine_render(Engine *e, float *out, int frames, int rate);
void engine_underrun(Engine *e); // RT safe.

// Returns the next MIDI message of the block that engine_render() has just written,
// with its frame in that block; false if there is none. The message stays the next one
// until it is dropped. RT safe.
bool engine_message(const Engine *e, WireMessage *ret);
void engine_drop_message(Engine *e); // RT safe.
// As wire_shut(), wire_is_quiet() and wire_has(). Any thread.
void engine_shut_wire(Engine *e, WireShut why, bool shut);
bool engine_wire_is_quiet(const Engine *e);
bool engine_wire_has(const Engine *e, WireShut why);

// ---- MIDI that a thread other than the driver sends, while the wire is WIRE_RELAYED

typedef struct RelayedMessage {
    int64_t due; // in g_get_monotonic_time()
    uint8_t bytes[3];
} RelayedMessage;

// For the driver: passes on a message of engine_message(); frame 0 of the call is due
// at `at`. Returns false if there is no room: then keep the message. RT safe.
bool engine_hand_over(Engine *e, const WireMessage *m, int64_t at);
// Returns the next message that was passed on; it stays the next one until it is
// dropped. One thread at a time. RT safe.
bool engine_relayed(Engine *e, RelayedMessage *ret);
void engine_drop_relayed(Engine *e); // RT safe.

#endif
