// A performance as a sequence of events: keys that are pressed and released, and pedal
// movements. The tokenizer, the MIDI writer, the renderer and the player all use these
// events in the order below. Decoded tokens, live playing and takes consist of the same
// events, in the order in which they arrive.
//
// At one moment, keys are released first; then the pedal moves, so that it does not
// hold the released notes; then keys are pressed, so that a repeated key sounds again.
// Keys are in order of rising pitch, pedal movements in the order in which they were
// added. Two exceptions: a note of no length is released last, after its onset, and the
// sostenuto pedal goes down after the keys that are pressed at that moment, so that it
// holds them.
#ifndef MIDI_EVENT_H
#define MIDI_EVENT_H

#include "midi/performance.h"

typedef enum EventKind {
    EVENT_RELEASE, // a key goes up
    EVENT_PEDAL,   // a pedal moves
    EVENT_ONSET,   // a key goes down
    EVENT_TIME,    // nothing happens, but the music lasts at least until here
    EVENT_KINDS,
} EventKind;

typedef struct Event {
    int64_t time;  // in the caller's unit: microseconds, ticks or steps
    uint8_t kind;  // an EventKind
    uint8_t pitch; // of a key, 0-127; for EVENT_PEDAL, a Pedal; else 0
    uint8_t value; // velocity of an onset, 1-127; depth of the pedal, 0-127; else 0
} Event;

// Append to a GArray of Event, in any order except that pedal movements at one moment
// must be in their order; call events_sort() afterwards. A key with an onset but no
// release stays down.
void events_add_note(GArray *events, int64_t onset, int64_t release, uint8_t pitch,
                     uint8_t value);
void events_add_onset(GArray *events, int64_t onset, uint8_t pitch, uint8_t value);
void events_add_pedal(GArray *events, int64_t time, uint8_t value);
void events_move_pedal(GArray *events, int64_t time, Pedal pedal, uint8_t value);

// Sorts events into the order above.
void events_sort(GArray *events);

// Returns all events of a performance, sorted, with times in microseconds. To be freed
// with g_array_unref().
GArray *events_of(const Performance *p);

#endif
