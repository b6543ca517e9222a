// Where a piece comes back to what it played: notes whose predecessors stood before,
// one after the other, and what followed there. In the order of line.h, so that the
// notes of a chord are in rising pitch however they were struck.
#ifndef MIDI_ANALYSIS_RECURRENCE_H
#define MIDI_ANALYSIS_RECURRENCE_H

#include "midi/vocabulary.h"

#include <glib.h>
#include <stdbool.h>

enum { RECURRENCE_NOTES = 8 }; // as many by chance hardly ever

// A note whose RECURRENCE_NOTES predecessors stood before; of several such places the
// last counts.
typedef struct Recurrence {
    int place;  // of its NOTE_ON among the tokens
    int lag;    // tokens back to the NOTE_ON of the note that followed then; > 0
    bool right; // whether it is that one: the pitch, or `transposed` the step to it
} Recurrence;

// Of the tokens of a piece. Predecessors are the same if their pitches are, or, with
// `transposed`, the steps from one to the next. A GArray of Recurrence, in order of the
// line; free with g_array_unref.
GArray *recurrences(const Token *tokens, int count, bool transposed);

#endif
