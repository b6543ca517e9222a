// A generation session: one mutable timeline over a model's weights, which are borrowed
// and may be shared.
//
// The caller always passes the whole prefix to continue. The session finds out which
// part of its cache is still valid, so that seeking, forking and editing need no
// cache code.
//
// The cache of the paper: cross-attention keys and values depend only on token and
// position, and by the identity in cross_attention.h only the token is stored. The
// latents form a run. A run begins with the newest N/2 positions; every new token adds
// one latent, which attends to the latents of the run. When the run holds N latents,
// the next run, with the newest N/2, takes over. The next run grows beside the current
// one, one latent per token, as soon as its first position exists; so no token has to
// wait for N/2 latents, and the weights are read once for both. A latent at position p
// attends to the newest M inputs, p - M + 1 .. p, so a timeline may grow without limit.
// Memory: 4 L N d numbers for the keys and values of both runs, about 13 N d for work
// space, of which few new tokens touch only a few rows, and the tokens, with 20 bytes
// for each token that recall may search for and 40 for each chord (chords.h).
#ifndef MODEL_GENERATE_SESSION_H
#define MODEL_GENERATE_SESSION_H

#include "model/generate/weights.h"

typedef struct Session Session;

// Both are borrowed: the weights while the session exists, the pool, which may be NULL,
// until it is replaced. With exact weights the session gives the same results as the
// training code up to rounding; with int8 weights its caches are int8 too. Returns NULL
// if there is not enough memory. Freeing accepts NULL.
Session *session_new(const Weights *w, Pool *pool);
void session_free(Session *s);

// Sets how much the model's recall (recall.h) counts: what it reads, H [next; after;
// before], and the term of the chords (chords.h) are multiplied by it. 0 switches
// recall off, 1 (the default) is as trained, and more follows what was played before
// more closely. A change invalidates all latents, so the timeline is computed anew.
// Without recall this has no effect.
void session_set_closeness(Session *s, double closeness);

// Sets the timeline to `tokens` (at least one) and returns the logits, (V), of the next
// token. They belong to the session and are valid until the next call.
const real *session_sync(Session *s, const Token *tokens, int count);

// Returns a copy of the timeline, including closeness, that shares weights, keys and
// values with `s` (model/generate/key_cache.h). The sessions may be freed in any order
// and used by different threads. Returns NULL if there is not enough memory.
Session *session_fork(const Session *s);

// Does session_sync() for each of several sessions with the same weights. Those with
// few new tokens are computed together, so that the weights are read once. Each result
// is bit for bit the same as alone. With exact weights each session is computed alone.
typedef struct SessionStep {
    Session *session; // must not occur twice
    const Token *tokens;
    int count;
    const real *logits; // result, as of session_sync()
} SessionStep;
void session_sync_all(SessionStep *steps, int count);

// Calls task(data, begin, end) for shares of `count` different sessions, at the same
// time, and returns when all are done; the task uses sessions [begin, end) and no
// others. Each thread has a share of its own, because the loops of one token are so
// short that threads which share them wait for each other for half of the time.
// Sessions that are so few that each would get two threads or more are one share, on
// all of them. From then on the pool, or a part of it, is theirs instead of the one
// that they had. The logits stay the same, bit for bit, if both pools are set to the
// same precision (pool_set_mixed()).
void session_share_out(Pool *pool, Session *const *sessions, int count, PoolTask task,
                       void *data);

// Writes -log p in nats of tokens [from, count), 1 <= from < count, each given all
// tokens before it, to ret, (count - from). Many tokens go through the model at once,
// so this takes a fraction of the time of generating them. Afterwards the timeline is
// all tokens but the last.
void session_score(Session *s, const Token *tokens, int from, int count, double *ret);

// -log p of a token that may come next, in nats, by the logits of the timeline's end.
double session_nats(const Session *s, Token next);

// The attention of the newest latent: returns the number of inputs that it attends to,
// which are the newest M at most, and writes the mean over the heads of their weights
// to ret, (M), oldest first; their sum is 1. Returns 0 if nothing was synced yet or
// there is not enough memory. It is computed on demand and does not change the
// session's next logits.
int session_attention(Session *s, real *ret);

// The recall (recall.h) of the newest latent, in the same form: the share of what it
// reads that comes from each input. The sink also has a share, so the sum is at most 1.
// Returns 0 also if the model has no recall.
int session_recall(Session *s, real *ret);

// Returns how many of the newest positions are latents: N/2 .. N once there are
// so many.
int session_latents(const Session *s);

#endif
