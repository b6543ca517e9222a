// Tempo and bars from beats that someone tapped.
//
// The line onset = first + period * beat through the taps, by least squares, each tap a
// beat after the one before; the bars have as many beats as lie between two that were
// said to be the first of a bar, or four.
#ifndef MIDI_ANALYSIS_TAP_H
#define MIDI_ANALYSIS_TAP_H

#include "midi/tempo_map.h"

#define TAP_LEAST   4 // taps that say something
#define TAP_MOST    64

#define TAP_FASTEST 100000 // microseconds a beat

typedef struct Tap {
    int64_t time; // microseconds, later than the one before
    bool first;   // of a bar
} Tap;

typedef struct TappedBars {
    uint32_t tempo; // microseconds a beat, which is a crotchet; 0: none were tapped
    uint8_t beats;  // a bar
    int64_t first;  // microseconds; a bar begins here, and others before and after it
} TappedBars;

// False if they are fewer than TAP_LEAST or faster than TAP_FASTEST, or no
// tempo that a file can say.
bool tap_bars(TappedBars *ret, const Tap *taps, int count);

// Such bars from moment 0 on, the first of which may be a part of one, with the title
// and names of `file`, which may be NULL. Moments are kept to half a tick, 8
// microseconds at 120 a minute. Give it back by tempo_map_unref().
TempoMap *tap_tempo_map(const TappedBars *bars, const TempoMap *file);

#endif
