#include "app/desktop/playing/pause.h"

#include <glib.h>

#define CHORD 50000 // the most microseconds between the notes of one chord

void pause_init(Pause *p, double usual_seconds) {
    *p = (Pause){.usual = (int64_t)(usual_seconds * 1e6)};
}

void pause_press(Pause *p, int pitch, int64_t time) {
    int64_t gap = time - p->struck;
    if (p->struck && gap > CHORD && gap < 4 * p->usual)
        p->gap = p->gap ? p->gap + (gap - p->gap) / 8 : gap;
    p->struck = p->last = time;
    p->keys += !p->down[pitch];
    p->down[pitch] = 1;
}

void pause_release(Pause *p, int pitch, int64_t time) {
    p->last = time;
    p->keys -= p->down[pitch];
    p->down[pitch] = 0;
}

void pause_release_all(Pause *p, int64_t time) {
    for (int pitch = 0; pitch < 128; pitch++)
        if (p->down[pitch]) pause_release(p, pitch, time);
}

int64_t pause_length(const Pause *p) {
    if (!p->gap) return p->usual;
    return CLAMP(p->gap * 5 / 2, p->usual / 2, p->usual * 2);
}

int64_t pause_due(const Pause *p) {
    return p->struck && p->keys == 0 ? p->last + pause_length(p) : -1;
}

void pause_yield(Pause *p) { p->struck = 0; }
