// A performance as one line of notes, in an order in which two players of the same
// music agree: notes that begin within LINE_CHORD of the first of them are one chord,
// have its onset and come in rising pitch.
#ifndef MIDI_ANALYSIS_LINE_H
#define MIDI_ANALYSIS_LINE_H

#include "midi/performance.h"

// In microseconds. Pianists spread the notes of a chord over up to about as much; the
// notes of a fast trill are twice as far apart.
#define LINE_CHORD 30000

// The performance's notes so ordered, note_count of them, in microseconds as before;
// free with g_free.
Note *line_of(const Performance *p);

#endif
