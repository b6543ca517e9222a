// The bars of a piece, where its file has time signatures (midi/tempo_map.h).
//
// Bar k after a time signature of `beats` quavers, crotchets ... (2^unit to a
// semibreve) begins
//
//     floor(k * 4 * division * beats / 2^unit)   ticks after it
//
// A time signature always begins a new bar. Before the first one, bars have four
// crotchets, which is MIDI's default. A file with SMPTE time counts seconds and has
// no bars.
#ifndef MIDI_BARS_H
#define MIDI_BARS_H

#include "midi/tempo_map.h"

typedef struct Bar {
    int64_t number;   // 1 is the first
    int64_t from, to; // microseconds; `to` is where the next one begins
} Bar;

// Returns whether there are bars; false for NULL. Call the other functions only if
// there are.
bool bars_exist(const TempoMap *m);

// Returns the bar at a time from 0 to TEMPO_MAP_LATEST.
Bar bars_at(const TempoMap *m, int64_t time);

// Returns the first beat at or after `time`. A bar of three crotchets has three beats.
// *ret_first: a bar begins there.
int64_t bars_beat(const TempoMap *m, int64_t time, bool *ret_first);

// Returns the bar line nearest to `time`.
int64_t bars_nearest(const TempoMap *m, int64_t time);

#endif
