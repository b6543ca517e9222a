// Finds music in a collection of pieces, in any transposition, to see whether a model
// plays from memory.
//
// Music is represented by its line of notes (line.h), as the intervals from note to
// note in semitones. A match is a sequence of successive notes that occurs in a piece
// of the collection with the same intervals, at any pitch and in any rhythm. A long
// match is not always a copy: a chromatic scale, a trill or a repeated note is in every
// collection. So compare with the matches of music that cannot be a copy.
//
// The collection is one row of intervals with a suffix array. It takes 10 bytes per
// note. A search of m notes in a collection of n notes takes about m log n steps.
#ifndef MIDI_ANALYSIS_MATCH_H
#define MIDI_ANALYSIS_MATCH_H

#include "midi/performance.h"

// The longest match that is recognised, in notes.
#define MATCH_LONGEST 1024

typedef struct MatchIndex MatchIndex;

typedef struct Match {
    int notes;           // 0: no two successive notes are in the collection
    int piece;           // index of the piece, in the order in which pieces were added
    int64_t onset;       // of the match's first note in that piece, microseconds
    int64_t query_onset; // of the match's first note in the music,
    int64_t query_last;  // and of its last note
    int transposed;      // semitones from the piece to the music, upwards
} Match;

MatchIndex *match_new(void);
void match_free(MatchIndex *m); // accepts NULL

// Adds a piece given as its line of notes, of which pitches and onsets are used.
// Returns false, without adding it, if the collection would have more than MATCH_ROOM
// notes.
#define MATCH_ROOM (1u << 28)
bool match_add_line(MatchIndex *m, const Note *line, size_t count);

// Returns the line of notes of a piece, to be freed with g_free. Only pitches and
// onsets are set, the onsets to the millisecond.
Note *match_line(const MatchIndex *m, int piece, size_t *ret_count);

// To be called once, after the last piece and before the first search. Another thread,
// or a signal, may set *stop to end it early; then it returns false, and the collection
// can only be freed. stop: NULL: nothing does.
bool match_sort(MatchIndex *m, const volatile int *stop);

// Returns the longest match of `p` in the collection; of equally long ones the first in
// `p`. Several threads may search at the same time.
Match match_longest(const MatchIndex *m, const Performance *p);

// Returns the passages as a GArray of Match in the order of the music. They do not
// overlap: the longest is taken first, then the longest in what remains on either side
// of it. To be freed with g_array_unref.
//
// A passage is a match of at least `least` notes that is distinctive, as a trill, a
// scale, octaves and most broken chords are not: at least 2/3 of `least` intervals
// differ from each of the MATCH_FIGURE intervals before them in the passage. In
// MAESTRO's validation split 64 % of all sequences of 16 notes are distinctive, 85 % of
// those of 20 notes and 97 % of those of 32.
#define MATCH_FIGURE 8
GArray *match_passages(const MatchIndex *m, const Performance *p, int least);

#endif
