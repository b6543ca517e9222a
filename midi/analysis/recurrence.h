// Where a piece repeats itself: notes whose predecessors have occurred before in the
// same order, and whether the same note follows. Notes are in the order of line.h, so
// that the notes of a chord are in rising pitch however they were struck.
#ifndef MIDI_ANALYSIS_RECURRENCE_H
#define MIDI_ANALYSIS_RECURRENCE_H

#include "midi/vocabulary.h"

#include <glib.h>
#include <stdbool.h>

enum { RECURRENCE_NOTES = 8 }; // so many equal ones are hardly ever a coincidence

// A note whose RECURRENCE_NOTES predecessors have occurred before; of several such
// places the latest one counts.
typedef struct Recurrence {
    int place;  // index of its NOTE_ON among the tokens
    int lag;    // tokens back to the NOTE_ON of the note that followed there; > 0
    bool right; // whether that note is equal: in pitch or, if `transposed`, in interval
    bool alone; // whether it belongs to no chord, whose notes may come in any order
} Recurrence;

// Returns the recurrences in the tokens of a piece as a GArray of Recurrence, in order
// of the line; free with g_array_unref. Predecessors are equal if their pitches are or,
// with `transposed`, if the intervals between them are.
GArray *recurrences(const Token *tokens, int count, bool transposed);

#endif
