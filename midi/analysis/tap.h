// Computes tempo and bars from beats that a user tapped.
//
// Fits the line onset = first + period * beat to the taps by least squares; each tap is
// one beat after the previous one. A bar has as many beats as there are between two
// taps that were marked as the first of a bar, or four.
#ifndef MIDI_ANALYSIS_TAP_H
#define MIDI_ANALYSIS_TAP_H

#include "midi/tempo_map.h"

#define TAP_LEAST   4 // the least taps that are enough
#define TAP_MOST    64

#define TAP_FASTEST 100000 // microseconds per beat

typedef struct Tap {
    int64_t time; // microseconds, later than the previous one
    bool first;   // of a bar
} Tap;

typedef struct TappedBars {
    uint32_t tempo; // microseconds per beat, which is a crotchet; 0: none were tapped
    uint8_t beats;  // beats per bar
    int64_t first;  // start of one of the bars, microseconds
} TappedBars;

// Returns false if there are fewer than TAP_LEAST taps, or if the tempo is faster than
// TAP_FASTEST or cannot be written to a file.
bool tap_bars(TappedBars *ret, const Tap *taps, int count);

// Returns a map with these bars from time 0 on, where the first bar may be
// incomplete, and with the title and names of `file`, which may be NULL. Times are
// accurate to half a tick, which is 8 microseconds at 120 beats per minute. To be
// freed with tempo_map_unref().
TempoMap *tap_tempo_map(const TappedBars *bars, const TempoMap *file);

#endif
