// A bridge: a take that leads from a cut into what follows in the piece.
//
//   [ prompt | take, as long as the span | what follows, as it was played ]
//           cut                        until
//
// The model writes from left to right and does not see where it is going. So several
// takes are made, and the best is the one after which the model finds what follows the
// likeliest: p(what follows | prompt, take), of its first BRIDGE_HEARD steps. Takes
// differ little in how likely they are themselves, having been drawn from the model.
//
// At the join what the take holds is let go, but for a key that the pianist held across
// it, which comes up when the pianist's did; the pedal is put where what follows has
// it. From there on everything stays as it was, to the microsecond.
#ifndef APP_GENERATION_BRIDGE_H
#define APP_GENERATION_BRIDGE_H

#include "app/generation/continuation.h"

#define BRIDGE_HEARD 2000 // steps
#define BRIDGE_TAKES 8    // unless told how many

typedef struct Bridge {
    TokenizerKind kind;
    Prompt prompt;        // owned
    Performance follows;  // owned; begun from `until` on, the pedal's state there first
    int64_t until;        // microseconds
    int64_t held_to[128]; // when keys that were down across `until` came up, or 0
} Bridge;

// Fails, with one sentence about the moments, if `until` is not behind `from`, or no
// note begins from there on.
bool bridge_cut(Bridge *ret, const Performance *p, TokenizerKind kind, int64_t from,
                int64_t until, GError **error);
void bridge_clear(Bridge *b); // accepts a zeroed struct

// How long a take is to be, in steps: the plan's length.
int64_t bridge_steps(const Bridge *b);

// Replaces `ret` by the whole piece with a take in it; no tokens leave the span silent.
void bridge_join(Performance *ret, const Bridge *b, const Token *take, size_t count);

// Who played each note of a piece joined so, as smf_write_parts() wants it; g_free().
uint8_t *bridge_parts(const Bridge *b, const Performance *joined);

// -log p of what follows in a piece joined so, or in the pianist's own, in nats for
// each of its notes. Counted are the same events for all: what begins from the join on,
// the pedal's movements behind it, and the time between. The session may be a used one.
double bridge_score(const Bridge *b, Session *s, const Performance *joined);

#endif
