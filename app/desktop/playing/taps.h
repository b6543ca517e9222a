// Beats that the user taps: at the audible position while the piece plays or, if it is
// stopped, by the clock from the playhead on. Taps form one series while each follows
// the previous one within TAPS_PAUSE. Used by the main thread only.
#ifndef APP_DESKTOP_PLAYING_TAPS_H
#define APP_DESKTOP_PLAYING_TAPS_H

#include "midi/analysis/tap.h"

#define TAPS_PAUSE INT64_C(2500000) // microseconds after which the series has ended

typedef struct Taps {
    Tap taps[TAP_MOST];
    int count;
    int64_t now;  // time of the last tap in g_get_monotonic_time()
    bool playing; // whether the piece was playing then
} Taps;

// Adds a tap; drops the oldest ones if there are too many. `position` is
// the playhead's.
void taps_add(Taps *t, int64_t now, int64_t position, bool playing, bool first);

// Returns when the series will have ended, or -1 if there are no taps.
int64_t taps_due(const Taps *t);

#endif
