// A performance as one line of notes, in an order that does not depend on how a player
// spreads chords. Notes that begin within LINE_CHORD of the first of them form a chord;
// they get its onset and are in order of rising pitch.
#ifndef MIDI_ANALYSIS_LINE_H
#define MIDI_ANALYSIS_LINE_H

#include "midi/performance.h"

// In microseconds. Pianists spread the notes of a chord by up to about this much; the
// notes of a fast trill are twice as far apart.
#define LINE_CHORD 30000

// Returns the note_count notes of the performance in this order, to be freed
// with g_free.
Note *line_of(const Performance *p);

#endif
