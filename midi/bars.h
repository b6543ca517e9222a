// The bars of a piece, where its file has time signatures (midi/tempo_map.h).
//
// Bar k after a time signature of `beats` quavers, crotchets ... (2^unit to a
// semibreve) begins
//
//     floor(k * 4 * division * beats / 2^unit)   ticks after it
//
// A time signature begins a bar, wherever it stands. Before the first one bars are of
// four crotchets, as MIDI has it. SMPTE counts seconds, and has no bars.
#ifndef MIDI_BARS_H
#define MIDI_BARS_H

#include "midi/tempo_map.h"

typedef struct Bar {
    int64_t number;   // 1 is the first
    int64_t from, to; // microseconds; `to` is where the next one begins
} Bar;

// Whether there are any; false for NULL. Who asks the others asks this first.
bool bars_exist(const TempoMap *m);

// The bar that is heard at a moment of 0 to TEMPO_MAP_LATEST.
Bar bars_at(const TempoMap *m, int64_t time);

// The first beat at or after it: a bar of three crotchets has three. *ret_first: a bar
// begins there.
int64_t bars_beat(const TempoMap *m, int64_t time, bool *ret_first);

// The bar line that is nearest to it.
int64_t bars_nearest(const TempoMap *m, int64_t time);

#endif
