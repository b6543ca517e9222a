// Converts performances to tokens and back. model/MODEL.md, "Tokens", fixes every rule,
// so that any two implementations give the same ids. Source: Oore et al. 2018; Huang et
// al. 2019.
//
// A time of t microseconds belongs to step (t + 5000) / 10000, rounded down. Within one
// step come NOTE_OFFs in rising pitch, then pedal tokens, then NOTE_ONs in rising
// pitch, each after a VELOCITY if its bin differs from the last one. A note lasts at
// least one step. A gap of over a second is written as full shifts and a remainder. A
// piece is SOS ... EOS; a pedal that is still down at the end is lifted there.
#ifndef MIDI_TOKENIZER_H
#define MIDI_TOKENIZER_H

#include "midi/event.h"
#include "midi/vocabulary.h"

// Returns the step that a time belongs to.
static inline int64_t tokenizer_step(int64_t microseconds) {
    return (microseconds + STEP_MICROSECONDS / 2) / STEP_MICROSECONDS;
}

// Appends a gap of `steps` to a GArray of Token: full shifts and a remainder.
void tokenizer_shift(GArray *tokens, int64_t steps);

// Returns the whole piece, with SOS and EOS, as a GArray of Token, to be freed
// with g_array_unref.
GArray *tokenizer_encode(const Performance *p, TokenizerKind kind);

// Decodes tokens one at a time, so that they can be played as they are generated.
// Tokens that make no sense at their place (NOTE_OFF of a silent key, NOTE_ON of a
// sounding one, an id outside the vocabulary) change nothing, so any stream decodes to
// a valid performance.
typedef struct Decoder {
    int64_t step;          // the current step, of 10 ms
    uint8_t velocity;      // of the next note
    bool pedal;            // down
    uint8_t sounding[128]; // velocity of the note that sounds, 0: silent
    int64_t onset[128];    // its onset, in steps
} Decoder;

// The event that one token causes; for most tokens only time passes.
typedef struct Decoded {
    Event event;      // in microseconds
    int64_t onset;    // onset of the note that begins or ends, microseconds
    uint8_t velocity; // velocity of that note
} Decoded;

void decoder_init(Decoder *d);
Decoded decoder_push(Decoder *d, Token token);

// Decodes `count` tokens, of which SOS is the first. Returns the event of each, as a
// GArray of Event to be freed with g_array_unref.
GArray *tokenizer_events(const Token *tokens, size_t count);

// Returns how many tokens two GArrays of Token have in common before the first that
// differs.
guint tokenizer_in_common(const GArray *a, const GArray *b);

// Decodes the tokens up to the first EOS and appends their notes and pedal changes to
// `ret`, which is then finished. At the end of the stream, sounding notes end and the
// pedal is lifted.
void tokenizer_decode(Performance *ret, const Token *tokens, size_t count);

#endif
