// One take of ids (app/data/ids_file.h): a model continues a prompt id by id.
//
// The session (model/generate/session.h) computes from the tokens so far the logits of
// the next one, and the sampler draws it. There is no grammar: any id may follow any
// other. The end token is excluded unless the model may end the take itself. The same
// model, prompt, sampler and seed give the same ids, if the session is new.
#ifndef APP_GENERATION_IDS_TAKE_H
#define APP_GENERATION_IDS_TAKE_H

#include "model/generate/sampler.h"
#include "model/generate/session.h"

typedef struct IdsTake {
    Session *session; // borrowed
    Sampler sampler;
    Rng rng;
    GArray *tokens; // owned; the prompt's tokens, then the take's
    guint prompt;   // the number of the prompt's tokens
    bool *legal;    // owned; (vocabulary)
    int vocabulary;
} IdsTake;

// Begins a take. `prompt` is an end token and then the ids to continue, none of which
// is the end. The end token is the last id of the vocabulary.
void ids_take_begin(IdsTake *t, Session *s, int vocabulary, const GArray *prompt,
                    const Sampler *sampler, uint64_t seed, bool may_end);
void ids_take_clear(IdsTake *t); // accepts a zeroed struct

// Adds one id. The first call computes the whole prompt. Returns false when the model
// has ended the take.
bool ids_take_next(IdsTake *t);

size_t ids_take_length(const IdsTake *t); // the number of ids after the prompt

// Returns all ids: those of the prompt, then the take's. They are valid until the next
// call.
const Token *ids_take_all(const IdsTake *t);

#endif
