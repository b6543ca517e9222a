// A performance as a sequence of events: keys that are pressed and released, and pedal
// movements. The tokenizer, the MIDI writer, the renderer and the player all use these
// events, in this order. What the decoder makes of tokens, what is played live, and
// what a take consists of are the same events, in the order in which they come.
//
// At one moment, keys are released first; then the pedal moves, so that it does not
// hold the released notes; then keys are pressed, so that a repeated key sounds again.
// Keys come in rising pitch, pedal movements in the order in which they were added. A
// note of no length is released last of all, after its onset. The sostenuto pedal comes
// down after the keys that are struck with it, so that it holds them.
#ifndef MIDI_EVENT_H
#define MIDI_EVENT_H

#include "midi/performance.h"

typedef enum EventKind {
    EVENT_RELEASE, // a key comes up
    EVENT_PEDAL,   // moves
    EVENT_ONSET,   // a key goes down
    EVENT_TIME,    // nothing is heard, but the music goes on up to here
    EVENT_KINDS,
} EventKind;

typedef struct Event {
    int64_t time;  // in whatever unit the caller counts: microseconds, ticks or steps
    uint8_t kind;  // an EventKind
    uint8_t pitch; // of a key, 0-127; of pedals, a Pedal; else 0
    uint8_t value; // an onset's velocity, 1-127; the pedal's depth, 0-127; else 0
} Event;

// Append to a GArray of Event in any order, except that pedal movements at one moment
// keep theirs; call events_sort() afterwards. An onset without a release is a key that
// stays down.
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
