// Token ids of piano performance events: the specification.
//
//     0            PAD
//     1            EOS, the end of a piece
//     2            SOS, its start
//     3 .. 130     NOTE_ON of pitch 0-127
//   131 .. 258     NOTE_OFF of pitch 0-127
//   259 .. 358     TIME_SHIFT of 1-100 steps of 10 ms
//   359 .. 390     VELOCITY bin 0-31: bin = (velocity - 1) / 4, played as 4 * bin + 3
//   391, 392       PEDAL_ON, PEDAL_OFF (tokenizer performance-pedal only)
//
// This is the encoding of Performance RNN, Music Transformer and Perceiver AR's
// MAESTRO experiments.
#ifndef MIDI_VOCABULARY_H
#define MIDI_VOCABULARY_H

#include <stdbool.h>
#include <stdint.h>

typedef int32_t Token;

enum {
    TOKEN_PAD = 0,
    TOKEN_EOS = 1,
    TOKEN_SOS = 2,
    TOKEN_NOTE_ON = 3,
    TOKEN_NOTE_OFF = 131,
    TOKEN_TIME_SHIFT = 259,
    TOKEN_VELOCITY = 359,
    TOKEN_PEDAL_ON = 391,
    TOKEN_PEDAL_OFF = 392,

    STEP_MICROSECONDS = 10000,
    STEPS_PER_SHIFT = 100,
    VELOCITY_BINS = 32,
    VOCABULARY_PERFORMANCE = 391,
    VOCABULARY_PEDAL = 393,
};

// `performance` folds the pedal into the notes' lengths; `performance-pedal` keeps key
// releases as played and has tokens for the pedal. The name is in the checkpoint.
typedef enum TokenizerKind {
    TOKENIZER_PERFORMANCE,
    TOKENIZER_PEDAL,
} TokenizerKind;

const char *tokenizer_name(TokenizerKind kind);                 // "performance-pedal"
bool tokenizer_from_name(const char *name, TokenizerKind *ret); // false: no such name
int tokenizer_vocabulary(TokenizerKind kind);                   // 391 or 393

static inline bool token_is_note_on(Token t) {
    return t >= TOKEN_NOTE_ON && t < TOKEN_NOTE_OFF;
}
static inline bool token_is_note_off(Token t) {
    return t >= TOKEN_NOTE_OFF && t < TOKEN_TIME_SHIFT;
}
static inline bool token_is_time_shift(Token t) {
    return t >= TOKEN_TIME_SHIFT && t < TOKEN_VELOCITY;
}
static inline bool token_is_velocity(Token t) {
    return t >= TOKEN_VELOCITY && t < TOKEN_PEDAL_ON;
}
static inline int velocity_bin(int velocity) { return (velocity - 1) / 4; }
static inline int bin_velocity(int bin) { return 4 * bin + 3; }

#endif
