// A performance as what happens in it, one event after the other: keys that go down and
// come up, and the pedal's movements. The tokenizer, the MIDI writer, the renderer and
// the player all take a performance apart in this way and in this order.
//
// At one moment keys come up first, then the pedal moves, so that it does not catch
// them, and then keys go down, so that a key struck again sounds again; among
// themselves in rising pitch, and the pedal's movements as they were added. A note that
// lasts no time comes up last of all: after it began.
#ifndef MIDI_EVENT_H
#define MIDI_EVENT_H

#include "midi/performance.h"

typedef enum EventKind {
    EVENT_RELEASE,
    EVENT_PEDAL,
    EVENT_ONSET,
    EVENT_INSTANT_RELEASE, // of a note that lasts no time
} EventKind;

typedef struct Event {
    int64_t time;  // in whatever unit the caller counts: microseconds, ticks or steps
    uint8_t kind;  // an EventKind
    uint8_t pitch; // 0-127; 0 for the pedal
    uint8_t value; // an onset's velocity, the pedal's depth; 0 for a release
} Event;

// Append to a GArray of Event, in any order but the pedal's own. An onset by itself is
// a key that stays down.
void events_add_note(GArray *events, int64_t onset, int64_t release, uint8_t pitch,
                     uint8_t value);
void events_add_onset(GArray *events, int64_t onset, uint8_t pitch, uint8_t value);
void events_add_pedal(GArray *events, int64_t time, uint8_t value);

// Puts them into the order above.
void events_sort(GArray *events);

// All of a performance, sorted, in microseconds; to be freed with g_array_unref().
GArray *events_of(const Performance *p);

#endif
