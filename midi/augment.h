// Augmentation: the same music at another pitch, in another tempo, louder or softer
// (as Music Transformer's, Huang et al. 2019, with wider ranges).
//
// It works on tokens, any stretch of a stream, in one pass. A moment at step t comes to
// stand at round(t * tempo), so rounding never adds up, but for moments that would fall
// together: they stay a step apart, and the time between is caught up with. So every
// event stays one, in its order, and a legal stream becomes a legal one.
#ifndef MIDI_AUGMENT_H
#define MIDI_AUGMENT_H

#include "midi/tokenizer.h"

typedef struct Augmentation {
    int semitones; // added to every pitch; less where one would leave 0-127
    double tempo;  // every time is multiplied by it; above 0
    int loudness;  // added to every velocity bin, which stays within its 32
} Augmentation;

// The tokens changed, as a GArray of Token; free with g_array_unref. *place, the index
// of a token, becomes that of what it has become: of a time, or of a VELOCITY that says
// nothing new, that of what comes there. A full shift at the very end, whose time may
// go on behind it, is left out.
GArray *augment_tokens(const Token *tokens, int count, const Augmentation *a,
                       int *place);

#endif
