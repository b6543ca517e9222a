// Which tokens may come next. A stream is legal when it is one that tokenizer_encode()
// could have written, so that tokens -> performance -> MIDI -> tokens is the identity
// on complete legal streams (SOS ... EOS). The sampler excludes all other tokens: no
// key is struck while it sounds, none is released while it is silent, and nothing still
// sounds at EOS.
//
// The order within one step: first NOTE_OFFs in rising pitch, only of keys struck at an
// earlier step; then pedal tokens that change the pedal's state (OFF then ON is a lift
// and a press within the step); then notes of silent keys in rising pitch. VELOCITY is
// allowed only if it differs from the last one, and NOTE_ON must follow it. A
// TIME_SHIFT may follow another only if that was a full one, and an event must follow
// it. EOS is allowed only when every key and the pedal are up and no shift or VELOCITY
// still needs its event.
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
    int stage;          // stage of this step; see grammar.c
    int pitch;          // last pitch at this stage, -1: none
    Token last;         // -1: none
} Grammar;

void grammar_init(Grammar *g, TokenizerKind kind);

// Returns whether `token` may come next.
bool grammar_allows(const Grammar *g, Token token);

// Sets legal[t] for every id of the vocabulary. At least one is true unless EOS
// was pushed.
void grammar_mask(const Grammar *g, bool *legal);

// Advances by a token that grammar_allows(). A token that is not allowed still has
// its effect on keys and pedal, so that a stream that breaks the rules can be
// followed and closed.
void grammar_push(Grammar *g, Token token);

// Writes the legal tokens that end a stream here: it releases the keys, lifts the pedal
// and ends with EOS. A VELOCITY or shift that still needs its event gets the shortest
// legal one. Returns their number, at most GRAMMAR_CLOSE_MAX.
#define GRAMMAR_CLOSE_MAX 140
size_t grammar_close(const Grammar *g, Token *ret);

#endif
