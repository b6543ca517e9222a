// Data augmentation: transposes music, scales its tempo and changes its loudness (as in
// Music Transformer, Huang et al. 2019, with wider ranges).
//
// It works on any part of a stream of tokens, in one pass. An event at step t moves to
// step round(t * tempo), so rounding errors do not accumulate. Two steps that would
// become equal stay one step apart, and later events make up for the difference. So
// events are neither merged nor reordered, and a legal stream stays legal.
#ifndef MIDI_AUGMENT_H
#define MIDI_AUGMENT_H

#include "midi/tokenizer.h"

typedef struct Augmentation {
    int semitones; // added to every pitch; reduced if a pitch would leave 0-127
    double tempo;  // factor of all times; above 0
    int loudness;  // added to every velocity bin; the result stays within the 32 bins
} Augmentation;

// Returns the augmented tokens as a GArray of Token, to be freed with g_array_unref. On
// entry *place is the index of a token; on return it is the index of the same token in
// the result. If that token is a TIME_SHIFT, or a VELOCITY that was dropped as
// superfluous, it is the index of the next event instead. A full shift at the very end
// is left out, because the gap may continue after it.
GArray *augment_tokens(const Token *tokens, int count, const Augmentation *a,
                       int *place);

#endif
