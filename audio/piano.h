// The one piano that all sources play: its keys, the Synth that sounds it, what it
// tells of what sounded, and how loud it is. A part of the engine; the audio callback
// alone calls it, but for what says otherwise.
#ifndef AUDIO_PIANO_H
#define AUDIO_PIANO_H

#include "audio/click.h"
#include "audio/event.h"
#include "audio/keys.h"
#include "audio/limiter.h"
#include "audio/ring.h"
#include "audio/synth.h"
#include "audio/wire.h"

#define PIANO_METER_FALL 24 // decibels a second

typedef struct Piano {
    Keys keys;                           // keys_held() is for all threads
    Ring heard;                          // of HeardEvent; who reads it is the popper
    Synth *synth;                        // owned; NULL: none yet, silence
    Synth *leaving;                      // owned; the one before, ringing out
    float ringing;                       // how loud that is still heard, 1-0
    _Atomic(Synth *) incoming, outgoing; // owned; between the callback and one thread
    _Atomic float volume;                // 0-1, set by any thread, as is
    _Atomic float reverb;                // 0-1
    atomic_bool mute;                    // whether it sounds only on the wire
    float loudness;                      // the volume that the last block ended with
    _Atomic float level;                 // as engine_level()
    Click click;
    Limiter limiter;
    Wire wire;               // what goes out as MIDI
    int64_t clock, position; // of the block to come, told with what sounds
} Piano;

void piano_init(Piano *p, uint32_t heard);
void piano_free(Piano *p);

// RT safe. Presses, releases, moves the pedal; a release of what its source does not
// hold is nothing. Kinds that are not about the piano are nothing too.
void piano_apply(Piano *p, AudioEvent event);
void piano_let_go(Piano *p, AudioSource source); // RT safe. Its keys and its pedal
void piano_silence(Piano *p);                    // RT safe. That of all, and no echo
// RT safe. Writes SYNTH_BLOCK frames; silence if the synth is made for another rate.
void piano_render(Piano *p, float *left, float *right, int rate);

#endif
