// The music of a piece from a given time on, and how it is joined to other music
// before it.
//
// At the join, all keys of the music before it are released. The exception is a key
// that the pianist held across the join: it is released when the pianist released it.
// The pedal moves to its position in the following music. From there on everything
// stays as it was, to the microsecond.
#ifndef APP_GENERATION_CHOICE_FOLLOWS_H
#define APP_GENERATION_CHOICE_FOLLOWS_H

#include "midi/performance.h"

typedef struct Follows {
    Performance music;    // owned; the state of the pedals at `until`, then what begins
                          // there or later
    int64_t until;        // microseconds
    int64_t held_to[128]; // when each key held across `until` was released, or 0
} Follows;

void follows_cut(Follows *ret, const Performance *p, int64_t until);
void follows_clear(Follows *f); // accepts a zeroed struct

// Replaces `ret` by the part of `before` that begins before the join, and the music
// that follows, and copies the tempo map of the latter.
void follows_join(Performance *ret, const Performance *before, const Follows *f);

#endif
