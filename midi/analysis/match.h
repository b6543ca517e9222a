// Finds music in a collection of pieces, in any transposition, to see whether a machine
// plays from memory.
//
// Music is its line of notes (line.h), taken as the intervals from note to note, in
// semitones. A match is a stretch of successive notes of it that stands in a piece of
// the collection with the same intervals, at whatever pitch and in whatever rhythm. A
// match of many notes is not always a borrowing: a chromatic scale, a trill or one note
// struck again and again is in every collection, so take music that cannot be a copy as
// the yardstick.
//
// The collection is one row of intervals with a suffix array: 10 bytes a note, 26 while
// it is sorted. A search of m notes in a collection of n takes about m log n steps.
#ifndef MIDI_ANALYSIS_MATCH_H
#define MIDI_ANALYSIS_MATCH_H

#include "midi/performance.h"

// Matches are followed up to this many notes.
#define MATCH_LONGEST 1024

typedef struct MatchIndex MatchIndex;

typedef struct Match {
    int notes;           // 0: not two of them are anywhere
    int piece;           // of the collection, in the order they were added
    int64_t onset;       // of its first note in that piece, microseconds
    int64_t query_onset; // of its first note in the music
    int transposed;      // semitones from the piece up to the music
} Match;

MatchIndex *match_new(void);
void match_free(MatchIndex *m); // accepts NULL

// Adds a piece. Returns false, without adding it, if the collection would have more
// than MATCH_ROOM notes.
#define MATCH_ROOM (1u << 28)
bool match_add(MatchIndex *m, const Performance *p);

// To be called once, after the last piece and before the first search.
void match_sort(MatchIndex *m);

// Returns the longest match of `p` in the collection; among equals the first in `p`.
// Several threads may search at the same time.
Match match_longest(const MatchIndex *m, const Performance *p);

#endif
