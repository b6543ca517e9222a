// Augmentation: the same music at another pitch, in another tempo, louder or softer
// (as Music Transformer's, Huang et al. 2019, with wider ranges).
//
// It works on any part of a stream of tokens, in one pass. An event at step t moves to
// step round(t * tempo), so rounding errors do not accumulate. Steps that would fall
// together stay one step apart, and the difference is made up afterwards. So events are
// neither merged nor reordered, and a legal stream stays legal.
#ifndef MIDI_AUGMENT_H
#define MIDI_AUGMENT_H

#include "midi/tokenizer.h"

typedef struct Augmentation {
    int semitones; // added to every pitch; less where one would leave 0-127
    double tempo;  // every time is multiplied by it; above 0
    int loudness;  // added to every velocity bin, which stays within its 32
} Augmentation;

// Returns the augmented tokens as a GArray of Token, to be freed with g_array_unref. On
// entry *place is the index of a token, on return that of the same token in the result;
// for a TIME_SHIFT, or a VELOCITY that became superfluous, that of the token that
// follows there. A full shift at the very end is left out, since the gap may continue
// behind it.
GArray *augment_tokens(const Token *tokens, int count, const Augmentation *a,
                       int *place);

#endif
