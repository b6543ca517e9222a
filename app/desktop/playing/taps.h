// Beats that are being tapped: at the moments of the piece that is heard or, while it
// stands, from the playhead on by the clock. Taps belong together as long as each
// follows the one before within TAPS_PAUSE. The main thread's.
#ifndef APP_DESKTOP_PLAYING_TAPS_H
#define APP_DESKTOP_PLAYING_TAPS_H

#include "midi/analysis/tap.h"

#define TAPS_PAUSE INT64_C(2500000) // microseconds after which they are at an end

typedef struct Taps {
    Tap taps[TAP_MOST];
    int count;
    int64_t now;  // of g_get_monotonic_time(), at the last one
    bool playing; // the piece was
} Taps;

// The first ones go where there are too many. `position`: of the playhead.
void taps_add(Taps *t, int64_t now, int64_t position, bool playing, bool first);

// When they are at an end, or -1 if there are none.
int64_t taps_due(const Taps *t);

#endif
