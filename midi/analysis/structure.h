// Structure indicators (Wu & Yang 2020, The Jazz Transformer): how well the best
// segment of a length between l and u stands for a span of music,
//
//     SI(l, u) = the greatest fitness (fitness.h) over segments of l to u seconds
//
// for phrases, sections and what is longer. Compare them with those of other music of
// the same length only, measured here: they are of notes, not of sound as the paper's
// are.
#ifndef MIDI_ANALYSIS_STRUCTURE_H
#define MIDI_ANALYSIS_STRUCTURE_H

#include "midi/performance.h"

typedef enum StructureLength {
    STRUCTURE_SHORT,  // 3 to 8 seconds
    STRUCTURE_MIDDLE, // 8 to 15
    STRUCTURE_LONG,   // 15 and more
    STRUCTURE_LENGTHS,
} StructureLength;

// Of [from, to), in microseconds. Every segment of whole half seconds is tried up to
// STRUCTURE_EVERY frames; of longer spans fewer, since the work grows with the fourth
// power: about half a second for a span of 90.
enum { STRUCTURE_EVERY = 200 };
void structure_measure(double ret[STRUCTURE_LENGTHS], const Performance *p,
                       int64_t from, int64_t to);

#endif
