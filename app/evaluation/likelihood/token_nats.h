// How unlikely a model finds a token among the ids of a range, in nats:
//
//     -log ( exp(logit_token) / sum over first <= t < end of exp(logit_t) )
//
// With the range of the NOTE_ONs this depends on the pitch alone.
#ifndef APP_EVALUATION_LIKELIHOOD_TOKEN_NATS_H
#define APP_EVALUATION_LIKELIHOOD_TOKEN_NATS_H

#include "midi/vocabulary.h"
#include "model/real.h"

double token_nats(const real *logits, Token token, Token first, Token end);

static inline double token_nats_of_pitch(const real *logits, Token note_on) {
    return token_nats(logits, note_on, TOKEN_NOTE_ON, TOKEN_NOTE_OFF);
}

#endif
