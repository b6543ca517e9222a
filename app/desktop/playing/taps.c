#include "app/desktop/playing/taps.h"

#include <string.h>

void taps_add(Taps *t, int64_t now, int64_t position, bool playing, bool first) {
    const Tap *last = t->count ? &t->taps[t->count - 1] : NULL;
    // If playback is stopped, the first tap is at the playhead and the others follow by
    // the clock.
    int64_t time = playing || !last ? position : last->time + now - t->now;
    if (last && (now >= taps_due(t) || playing != t->playing || time <= last->time)) {
        t->count = 0;
        time = position;
    }
    if (t->count == TAP_MOST)
        memmove(t->taps, t->taps + 1, (size_t)--t->count * sizeof *t->taps);
    t->taps[t->count++] = (Tap){time, first};
    t->now = now;
    t->playing = playing;
}

int64_t taps_due(const Taps *t) { return t->count ? t->now + TAPS_PAUSE : -1; }
