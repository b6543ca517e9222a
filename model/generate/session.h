// Generation: one mutable timeline over a model's weights, borrowed and shared.
//
// The caller hands over the whole prefix it wants continued; what can be kept of the
// earlier one is found here, so scrubbing, forking and editing need no cache code.
//
// The paper's cache: cross-attention keys and values depend on token and position only,
// and by the identity in cross_attention.h nothing of them is stored but the token. The
// latents live in a run: it begins with the newest N/2 positions, every new token adds
// one latent that attends to the run's, and when the run holds N the next one takes
// over, with the newest N/2. The next run grows beside this one, a latent a token, from
// when its first position is there; so no token waits for N/2 latents, and both read
// the weights once. A latent at position p reads the newest M inputs, p - M + 1 .. p,
// so a timeline may go on for ever. Memory: 4 L N d numbers for the runs' keys and
// values, and the tokens, with 20 bytes for each that recall may look for.
#ifndef MODEL_GENERATE_SESSION_H
#define MODEL_GENERATE_SESSION_H

#include "model/generate/weights.h"

typedef struct Session Session;

// Both borrowed for the session's life; pool may be NULL. With exact weights the
// session computes what the training path does, to rounding; with int8 ones it keeps
// its caches in int8 too. NULL if there is no memory for it. Freeing accepts NULL.
Session *session_new(const Weights *w, Pool *pool);
void session_free(Session *s);

// How much the model's recall (recall.h) counts: what it reads, H [next; after;
// before], is multiplied by this; 0 is none of it, 1, to begin with, as trained, more
// keeps closer to what was played before. Latents with another are of no use, so a
// change reads the timeline anew. Without recall it changes nothing.
void session_set_closeness(Session *s, double closeness);

// Makes the timeline `tokens` (at least one) and returns the logits, (V), of the token
// that comes next; they are the session's until the next call.
const real *session_sync(Session *s, const Token *tokens, int count);

// Another timeline, for now the same, closeness included, that shares the weights and
// all room with `s` (model/generate/pass.h): they may be freed in any order, but are
// one thread's. NULL if there is no memory for it.
Session *session_fork(Session *s);

// session_sync() of each, all of which were forked from one: the weights are read once
// for all that are behind by few tokens, so that several takes cost much less than one
// after the other. Empty timelines that are given the same, as takes of one prompt are,
// are computed once. The results are those that each has by itself, to the bit. With
// exact weights each is computed by itself.
typedef struct SessionStep {
    Session *session; // each once
    const Token *tokens;
    int count;
    const real *logits; // returned, as by session_sync()
} SessionStep;
void session_sync_all(SessionStep *steps, int count);

// How likely the model finds tokens [from, count), 1 <= from < count, each given all
// that stand before it: -log p in nats into ret, (count - from). Many go through the
// model at once, so that it takes a fraction of the time that writing them would. The
// timeline is then all but the last of them.
void session_score(Session *s, const Token *tokens, int from, int count, double *ret);

// -log p of a token that may come next, in nats, by the logits of the timeline's end.
double session_nats(const Session *s, Token next);

// What the newest latent listens to: returns how many inputs it attends to, the newest
// M of the timeline, and writes into ret, (M), how much of its attention each has, the
// heads' mean, oldest first; they add up to 1. 0: nothing was synced yet, or there is
// no memory for it. Computed when it is asked for; the session's next logits do not
// change.
int session_attention(Session *s, real *ret);

// What it recalls (recall.h), in the same way: how much of what is told to the newest
// latent comes from where each input stands, which the sink has a part of too, so that
// they add up to 1 at most. 0 also if the model has no recall.
int session_recall(Session *s, real *ret);

// How many of the newest positions are in the latents, N/2 .. N once there are as many.
int session_latents(const Session *s);

#endif
