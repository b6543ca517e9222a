// Which tokens may come next. A stream is legal when it is one that tokenizer_encode()
// could have written, so that tokens -> performance -> MIDI -> tokens is the identity
// on complete legal streams (SOS ... EOS). The sampler masks with it: no key is struck
// while it sounds, none released while silent, and nothing is left sounding at EOS.
//
// Rules, at one step: NOTE_OFF only of keys struck at an earlier step, in rising pitch;
// then pedal tokens, only those that change its state (OFF then ON: a lift and press
// within the step); then notes in rising pitch, of silent keys; VELOCITY only if it
// differs from the last one given, and a NOTE_ON follows it. TIME_SHIFT after a shift
// only if that was a full one; a shift is followed by an event. EOS only when every key
// and the pedal are up and no shift or velocity is left hanging.
#ifndef MIDI_GRAMMAR_H
#define MIDI_GRAMMAR_H

#include "midi/vocabulary.h"

#include <stddef.h>

typedef struct Grammar {
    TokenizerKind kind;
    bool started, ended;
    bool sounding[128]; // keys that are down
    bool struck[128];   // at this step
    bool pedal;         // down
    int velocity;       // last bin given, -1: none yet
    int stage;          // what has been seen at this step; see grammar.c
    int pitch;          // last pitch at this stage, -1: none
    Token last;         // -1: none
} Grammar;

void grammar_init(Grammar *g, TokenizerKind kind);

// Whether `token` may come next.
bool grammar_allows(const Grammar *g, Token token);

// Sets legal[t] for every id of the vocabulary. At least one is true unless EOS was
// pushed.
void grammar_mask(const Grammar *g, bool *legal);

// Advances by a token that grammar_allows(). A token that is not allowed still has its
// effect on keys and pedal, so that a stream that breaks the rules can be followed and
// closed.
void grammar_push(Grammar *g, Token token);

// Writes the legal tokens that end a stream here (a pending velocity's note excepted:
// a hanging VELOCITY or shift is completed as shortly as legality allows), keys
// released, pedal lifted, EOS last. Returns their count, at most GRAMMAR_CLOSE_MAX.
#define GRAMMAR_CLOSE_MAX 140
size_t grammar_close(const Grammar *g, Token *ret);

#endif
