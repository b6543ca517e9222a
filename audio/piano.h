// The one piano that all sources play: its keys, its Synth, its reports of what
// sounded, and its level. It is a part of the engine. Only the audio callback calls it,
// except where noted.
#ifndef AUDIO_PIANO_H
#define AUDIO_PIANO_H

#include "audio/click.h"
#include "audio/event.h"
#include "audio/keys.h"
#include "audio/limiter.h"
#include "audio/ring.h"
#include "audio/synth.h"
#include "audio/wire.h"

#define PIANO_METER_FALL 24 // decibels per second

// The Synth that plays, and how another one takes its place. All are owned.
typedef struct SynthSwap {
    Synth *now;                          // NULL: silence
    Synth *leaving;                      // the previous one, while its notes end
    float ringing;                       // gain of `leaving`, falling from 1 to 0
    _Atomic(Synth *) incoming, outgoing; // to and from the callback
} SynthSwap;

typedef struct Piano {
    Keys keys;  // any thread may call keys_held()
    Ring heard; // of HeardEvent; popped by its reader
    SynthSwap synth;
    _Atomic float volume; // 0-1; set by any thread, as is
    _Atomic float reverb; // 0-1
    atomic_bool mute;     // sends MIDI only
    float loudness;       // the volume at the end of the last block
    _Atomic float level;  // see engine_level()
    Click click;
    Limiter limiter;
    Wire wire;               // the MIDI output
    int64_t clock, position; // of the next block, for reported events
} Piano;

void piano_init(Piano *p, uint32_t heard);
void piano_free(Piano *p);

// RT safe. Applies a press, a release or a pedal movement. Ignores a release of a key
// that its source does not hold, and events that do not concern the piano.
void piano_apply(Piano *p, AudioEvent event);
// RT safe. Releases its keys and its pedal.
void piano_let_go(Piano *p, AudioSource source);
void piano_silence(Piano *p); // RT safe. Likewise for all, without reverb
// RT safe. Writes SYNTH_BLOCK frames, or silence if the Synth was made for
// another rate.
void piano_render(Piano *p, float *left, float *right, int rate);

#endif
