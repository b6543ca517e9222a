// A bridge is a take that leads from a cut into the music that follows in the piece.
//
//   [ prompt | take, as long as the span | what follows, as it was played ]
//           cut                        until
//
// The model writes from left to right and does not see the music that follows. So
// several takes are made, and the best is the one after which the model finds that
// music likeliest: p(what follows | prompt, take), over its first BRIDGE_HEARD steps.
// The likelihoods of the takes themselves are not compared: all takes were drawn from
// the model, so these differ little.
//
// follows.h says how the take and the following music are joined.
#ifndef APP_GENERATION_CHOICE_BRIDGE_H
#define APP_GENERATION_CHOICE_BRIDGE_H

#include "app/generation/choice/follows.h"
#include "app/generation/continuation.h"

#define BRIDGE_HEARD 2000 // steps
#define BRIDGE_SOON  500  // the first steps, where a bridge matters most
#define BRIDGE_TAKES 8    // the default number of takes

typedef struct Bridge {
    TokenizerKind kind;
    Prompt prompt;   // owned
    Follows follows; // owned
} Bridge;

// Fails, with a sentence about the two times, if `until` is not later than `from`, or
// if no note begins at `until` or later.
bool bridge_cut(Bridge *ret, const Performance *p, TokenizerKind kind, int64_t from,
                int64_t until, GError **error);
void bridge_clear(Bridge *b); // accepts a zeroed struct

// Returns how long a take must be, in steps: the plan's length.
int64_t bridge_steps(const Bridge *b);

// Replaces `ret` by the whole piece with a take in it. Without tokens the span is
// silent.
void bridge_join(Performance *ret, const Bridge *b, const Token *take, size_t count);

// Returns the part that each note of a joined piece belongs to, as smf_write_parts()
// expects it; to be freed with g_free.
uint8_t *bridge_parts(const Bridge *b, const Performance *joined);

// -log p of the music that follows, in nats per note.
typedef struct BridgeScore {
    double nats;    // of all scored tokens; bridges are ranked by it
    double pitches; // of the NOTE_ONs among them
    double soon;    // of all in the first BRIDGE_SOON steps, per note in them
} BridgeScore;

// Scores what follows in a joined piece, or in the pianist's own piece. For every piece
// the same events are scored: notes that begin at the join or later, the pedal's
// movements after the join, and the time between these. The session may have been used
// before.
BridgeScore bridge_score(const Bridge *b, Session *s, const Performance *joined);

#endif
