// Performance <-> tokens. model/MODEL.md, "Tokens", fixes every rule, so that any two
// implementations give the same ids. Source: Oore et al. 2018; Huang et al. 2019.
//
// A moment of t microseconds stands at step (t + 5000) / 10000, rounded down. At one
// step come NOTE_OFFs in rising pitch, then pedal tokens, then notes in rising pitch,
// each after a VELOCITY if its bin differs from the last one given. A note lasts at
// least one step. Gaps over a second are full shifts and a remainder. A piece is SOS
// ... EOS; a pedal still down at its end is lifted there.
#ifndef MIDI_TOKENIZER_H
#define MIDI_TOKENIZER_H

#include "midi/performance.h"
#include "midi/vocabulary.h"

// The step that a moment stands at.
static inline int64_t tokenizer_step(int64_t microseconds) {
    return (microseconds + STEP_MICROSECONDS / 2) / STEP_MICROSECONDS;
}

// Appends so many steps of time to a GArray of Token: full shifts and a remainder.
void tokenizer_shift(GArray *tokens, int64_t steps);

// The whole piece, SOS and EOS included, as a GArray of Token; free with g_array_unref.
GArray *tokenizer_encode(const Performance *p, TokenizerKind kind);

// Tokens as they come, one at a time, to notes and pedal: what plays while it is
// written. Tokens that make no sense where they stand (NOTE_OFF of a silent key,
// NOTE_ON of one that sounds, an id beyond the vocabulary) change nothing, so any
// stream decodes to a legal performance.
typedef struct Decoder {
    int64_t step;          // now, in steps of 10 ms
    uint8_t velocity;      // of the next note
    bool pedal;            // down
    uint8_t sounding[128]; // velocity of the note that sounds, 0: silent
    int64_t onset[128];    // its onset, in steps
} Decoder;

typedef enum DecodedKind {
    DECODED_NOTHING,  // time, velocity, or a token without effect
    DECODED_NOTE_ON,  // `pitch` begins with `velocity`
    DECODED_NOTE_OFF, // `pitch` ends, which began at `onset` with `velocity`
    DECODED_PEDAL,    // `velocity` is its value as CC64 gives it, 127 or 0
    DECODED_END,      // EOS
} DecodedKind;

typedef struct Decoded {
    DecodedKind kind;
    int64_t time; // microseconds
    uint8_t pitch, velocity;
    int64_t onset; // of the note that begins or ends, microseconds
} Decoded;

void decoder_init(Decoder *d);
Decoded decoder_push(Decoder *d, Token token);

// Appends the tokens' notes and pedal to `ret`, closing at the end of the stream what
// still sounds there (and lifting the pedal), and finishes it. Reads up to the first
// EOS.
void tokenizer_decode(Performance *ret, const Token *tokens, size_t count);

#endif
