// Where the moments of a performance stand on paper: a file's ticks, tempi, time and
// key signatures, and the names of its tracks. A Performance keeps its microseconds,
// whatever the tempo; the map beside it says which tick of which file they were.
//
// Tick n lies at
//
//     time(n) = floor((elapsed + (n - tick) * tempo) / division)   microseconds
//
// where `tick`, `tempo` and `elapsed` are those of the last change at or before n: the
// exact sum of ticks x tempo, rounded once. tempo_map_tick() is its inverse. Since both
// count in integers, each moment that a file gave goes back to a tick that gives the
// same microsecond, at any tempo and division (the proof is in tempo_map.c).
//
// A map is filled in once, in order of ticks, and then only read: it is shared, by any
// threads, by references.
#ifndef MIDI_TEMPO_MAP_H
#define MIDI_TEMPO_MAP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define TEMPO_DEFAULT    500000   // microseconds a quarter: 120 quarters a minute
#define TEMPO_MOST       0xFFFFFF // that a file can say
#define TEMPO_MAP_NAME   120      // bytes of a name at most
#define TEMPO_MAP_LATEST INT64_C(3600000000000) // microseconds: 1,000 hours
#define TEMPO_MAP_TICKS  0x7FFFFFFF

typedef struct TempoChange {
    int64_t tick;
    uint32_t tempo;  // from here on, microseconds a quarter, 1 to TEMPO_MOST
    int64_t elapsed; // up to here, microseconds x division
} TempoChange;

typedef struct Metre { // time signature: 6/8 has beats 6 and unit 3, for 8 is 2^3
    int64_t tick;
    uint8_t beats, unit; // 1-255; 0-7
    uint8_t clocks;      // MIDI clocks (24 a quarter) a click of the metronome
    uint8_t quarter;     // 32nd notes in what MIDI calls a quarter; 8
} Metre;

typedef struct KeySignature {
    int64_t tick;
    int8_t sharps; // 7 sharps to -7: 7 flats
    bool minor;
} KeySignature;

typedef struct TempoMap {
    int division; // as a file's header has it: ticks a quarter, 1 to 32767; below 0:
                  // SMPTE, minus frames a second in its upper byte, ticks a frame below
    uint32_t ticks; // in `tempo` microseconds; the equation's division
    GArray *tempi;  // of TempoChange; the first is at tick 0; SMPTE: the only one
    GArray *metres; // of Metre
    GArray *keys;   // of KeySignature
    char *title;    // of the sequence; as three below, bytes of any encoding, or NULL
    char *names;    // of the tracks with notes, ", " between
    gatomicrefcount references;
} TempoMap;

// NULL if the division is none: 0, or no ticks a frame. Without changes it is at 120
// quarters a minute; with SMPTE it counts seconds instead, which no tempo changes.
TempoMap *tempo_map_new(int division);
TempoMap *tempo_map_ref(const TempoMap *m); // accepts NULL, as the next
void tempo_map_unref(TempoMap *m);

// Append. At one tick, 0 to TEMPO_MAP_TICKS, the last one holds; a tick before the last
// one is an error of the caller. What lies beyond TEMPO_MAP_LATEST is left out, and any
// tempo with SMPTE.
void tempo_map_add_tempo(TempoMap *m, int64_t tick, uint32_t tempo);
void tempo_map_add_metre(TempoMap *m, Metre metre);
void tempo_map_add_key(TempoMap *m, KeySignature key);

// The first title stays; names are appended, but for those that are there. `size`
// bytes, of which at most TEMPO_MAP_NAME are kept in all; nothing after a NUL.
void tempo_map_set_title(TempoMap *m, const char *text, size_t size);
void tempo_map_add_name(TempoMap *m, const char *text, size_t size);

// The moment of a tick, and the tick of a moment of 0 to TEMPO_MAP_LATEST: one that
// gives that very microsecond, else the nearest.
int64_t tempo_map_time(const TempoMap *m, int64_t tick);
int64_t tempo_map_tick(const TempoMap *m, int64_t time);

// A copy of what there is from one moment up to and including another, with `from` at
// tick 0 and what holds there said there. After `to` it goes on as it was then.
TempoMap *tempo_map_slice(const TempoMap *m, int64_t from, int64_t to);

// The same with `times` as many ticks everywhere, as far as the header can say that.
TempoMap *tempo_map_finer(const TempoMap *m, int times);

#endif
