// What follows in a piece from a moment on, and how it comes after something else.
//
// Where the two join, all keys of what comes before are released. The exception is a
// key that the pianist held across the join: it comes up when the pianist's did. The
// pedal moves to where the following music has it. From there on everything stays as it
// was, to the microsecond.
#ifndef APP_GENERATION_FOLLOWS_H
#define APP_GENERATION_FOLLOWS_H

#include "midi/performance.h"

typedef struct Follows {
    Performance music;    // owned; what begins at `until` or later, the
                          // pedals' state there first
    int64_t until;        // microseconds
    int64_t held_to[128]; // when each key that was down across `until` came up, or 0
} Follows;

void follows_cut(Follows *ret, const Performance *p, int64_t until);
void follows_clear(Follows *f); // accepts a zeroed struct

// Replaces `ret` by what of `before` begins until then, and what follows. The tempo map
// is that of what follows.
void follows_join(Performance *ret, const Performance *before, const Follows *f);

#endif
