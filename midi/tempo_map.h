// The musical time of a performance: a file's ticks, tempi, time and key signatures,
// and the names of its tracks. The times of a Performance are microseconds and do not
// depend on the map; the map says which ticks of the file they were.
//
// Tick n lies at
//
//     time(n) = floor((elapsed + (n - tick) * tempo) / division)   microseconds
//
// where `tick`, `tempo` and `elapsed` are those of the last change at or before n. This
// is the exact sum of ticks x tempo, rounded once. tempo_map_tick() is its inverse.
// Since both count in integers, each time that came from a file maps to a tick that
// gives the same microsecond, at any tempo and division (the proof is in tempo_map.c).
//
// A map is filled in once, in order of ticks, and then only read. Threads share it by
// counted references.
#ifndef MIDI_TEMPO_MAP_H
#define MIDI_TEMPO_MAP_H

#include "thread/references.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define TEMPO_DEFAULT    500000   // microseconds per quarter: 120 quarters per minute
#define TEMPO_MOST       0xFFFFFF // the largest value that a file can hold
#define TEMPO_MAP_NAME   120      // the most bytes of a name
#define TEMPO_MAP_LATEST INT64_C(3600000000000) // microseconds: 1,000 hours
#define TEMPO_MAP_TICKS  0x7FFFFFFF

typedef struct TempoChange {
    int64_t tick;
    uint32_t tempo;  // from here on, microseconds per quarter, 1 to TEMPO_MOST
    int64_t elapsed; // up to here, microseconds x division
} TempoChange;

typedef struct Metre { // time signature: 6/8 has beats 6 and unit 3, because 8 is 2^3
    int64_t tick;
    uint8_t beats, unit; // 1-255; 0-7
    uint8_t clocks;      // MIDI clocks (24 per quarter) per click of the metronome
    uint8_t quarter;     // 32nd notes in what MIDI calls a quarter; 8
} Metre;

typedef struct KeySignature {
    int64_t tick;
    int8_t sharps; // 7 sharps to -7: 7 flats
    bool minor;
} KeySignature;

typedef struct TempoMap {
    // As in a file's header: ticks per quarter, 1 to 32767; below 0: SMPTE, with minus
    // the frames per second in the upper byte and the ticks per frame in the lower one.
    int division;
    uint32_t ticks; // in `tempo` microseconds; the equation's division
    GArray *tempi;  // of TempoChange; the first is at tick 0; SMPTE: the only one
    GArray *metres; // of Metre
    GArray *keys;   // of KeySignature
    char *title; // of the sequence; as the three below, bytes in any encoding, or NULL
    char *names; // of the tracks with notes, ", " between
    References references;
} TempoMap;

// Returns NULL if the division is invalid: 0, or no ticks per frame. The default tempo
// is 120 quarters per minute. With SMPTE ticks count seconds, and tempi have no effect.
TempoMap *tempo_map_new(int division);
TempoMap *tempo_map_ref(const TempoMap *m); // accepts NULL, as the next
void tempo_map_unref(TempoMap *m);

// Append a change at a tick from 0 to TEMPO_MAP_TICKS, which must not be before the
// last one; of several at one tick the last one applies. Changes beyond
// TEMPO_MAP_LATEST are ignored, and so are tempi with SMPTE.
void tempo_map_add_tempo(TempoMap *m, int64_t tick, uint32_t tempo);
void tempo_map_add_metre(TempoMap *m, Metre metre);
void tempo_map_add_key(TempoMap *m, KeySignature key);

// Only the first title is used; names are appended, without duplicates. `text` has
// `size` bytes, or fewer if there is a NUL; at most TEMPO_MAP_NAME bytes are stored
// in all.
void tempo_map_set_title(TempoMap *m, const char *text, size_t size);
void tempo_map_add_name(TempoMap *m, const char *text, size_t size);

// Return the time of a tick, and the tick of a time from 0 to TEMPO_MAP_LATEST: one
// with exactly this time if there is one, otherwise the nearest.
int64_t tempo_map_time(const TempoMap *m, int64_t tick);
int64_t tempo_map_tick(const TempoMap *m, int64_t time);

// Returns a copy of the stretch from `from` up to and including `to`. `from` becomes
// tick 0, at which the copy states what applies there. What applies at `to` also
// applies after it.
TempoMap *tempo_map_slice(const TempoMap *m, int64_t from, int64_t to);

// Returns the same map with `times` as many ticks, or as many as a header can hold.
TempoMap *tempo_map_finer(const TempoMap *m, int times);

#endif
