// Structure indicators (Wu & Yang 2020, The Jazz Transformer): how well the best
// segment of a length between l and u represents a span of music,
//
//     SI(l, u) = the greatest fitness (fitness.h) over segments of l to u seconds
//
// for phrases, sections and longer parts. Compare them only with values for other music
// of the same length that were measured by this program: they are computed from notes,
// while the paper's are computed from sound.
#ifndef MIDI_ANALYSIS_STRUCTURE_H
#define MIDI_ANALYSIS_STRUCTURE_H

#include "midi/performance.h"

typedef enum StructureLength {
    STRUCTURE_SHORT,  // 3 to 8 seconds
    STRUCTURE_MIDDLE, // 8 to 15
    STRUCTURE_LONG,   // 15 and more
    STRUCTURE_LENGTHS,
} StructureLength;

// Measures [from, to), in microseconds. All segments of whole half seconds are tried if
// the span has up to STRUCTURE_EVERY frames. In longer spans fewer are tried, because
// the work grows with the fourth power: about half a second for a span of 90 seconds.
enum { STRUCTURE_EVERY = 200 };
void structure_measure(double ret[STRUCTURE_LENGTHS], const Performance *p,
                       int64_t from, int64_t to);

#endif
