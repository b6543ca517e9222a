// The events that the sound engine plays, and their sources.
//
// Three sources play one piano, each from a thread of its own:
//
//   PLAYBACK  the player thread   a performance, pushed ahead of time, in order of time
//   HANDS     the main thread     mouse and computer keyboard: what comes sounds now
//   MIDI      the MIDI thread     a live keyboard: what comes sounds now
//
// A piece's time is int64_t microseconds, as in a Performance: neither the rate of the
// device nor the speed of playing changes when an event is due.
#ifndef AUDIO_EVENT_H
#define AUDIO_EVENT_H

#include "midi/event.h"

typedef enum AudioSource {
    SOURCE_PLAYBACK,
    SOURCE_HANDS,
    SOURCE_MIDI,
    SOURCE_TEST, // the engine's own test note; nobody pushes it
    SOURCES,
} AudioSource;

// Kinds of events besides the EventKinds of music.
typedef enum AudioKind {
    AUDIO_PROMISE = EVENT_KINDS, // PLAYBACK: all events before `time` have been pushed
    AUDIO_JUMP,    // PLAYBACK: at `time` go on from `to`, keys and pedals up
    AUDIO_CLICK,   // PLAYBACK: the metronome; value: whether a bar begins
    AUDIO_RELEASE, // every key of the source and its pedals come up
} AudioKind;

#define AUDIO_NOW INT64_MIN // due as soon as it is read

typedef struct AudioEvent {
    int64_t time;   // in the piece; AUDIO_NOW for HANDS and MIDI
    int64_t to;     // AUDIO_JUMP
    uint32_t epoch; // PLAYBACK: from engine_cut(); older ones are dropped
    uint8_t kind;   // an EventKind except EVENT_TIME, or an AudioKind
    uint8_t source; // AudioSource
    uint8_t pitch;  // 0-127
    uint8_t value;
    uint8_t written; // of PLAYBACK: the model wrote it
} AudioEvent;

// An event that sounded, as the engine reports it.
typedef struct HeardEvent {
    int64_t clock;    // the first frame of its block
    AudioEvent event; // as pushed, but with a time of the piece; or AUDIO_RELEASE
} HeardEvent;

// An event that a person played, for the main thread and the capture.
typedef struct LiveEvent {
    int64_t time; // microseconds of g_get_monotonic_time()
    uint8_t kind; // EVENT_ONSET, RELEASE, PEDAL, or AUDIO_RELEASE
    uint8_t source;
    uint8_t pitch, value;
} LiveEvent;

#endif
