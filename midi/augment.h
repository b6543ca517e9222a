// Augmentation as in Music Transformer (Huang et al. 2019): a piece transposed by
// -3..+3 semitones and stretched in time by 0.95, 0.975, 1, 1.025 or 1.05.
#ifndef MIDI_AUGMENT_H
#define MIDI_AUGMENT_H

#include "midi/tokenizer.h"

enum { AUGMENT_SEMITONES = 7, AUGMENT_STRETCHES = 5 };
extern const double augment_stretch[AUGMENT_STRETCHES]; // 0.95 ... 1.05

// The piece's tokens (SOS ... EOS) transposed by `semitones` and with its times times
// `stretch`; a legal stream again. A note that would leave 0-127 keeps its pitch.
GArray *augment_piece(const Token *tokens, size_t count, TokenizerKind kind,
                      int semitones, double stretch);

#endif
