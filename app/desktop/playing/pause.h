// When has a pianist paused, so that it is somebody else's turn?
//
// When no key is down, and nothing was struck or let go for longer than
//
//     2.5 times the usual gap between two strokes, but between a half and twice `usual`
//
// the gap being a running mean of the newest dozen or so: who plays slowly is given
// more time to think, who plays fast is answered sooner. Chords count as one stroke.
#ifndef APP_DESKTOP_PLAYING_PAUSE_H
#define APP_DESKTOP_PLAYING_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Pause {
    int64_t usual;  // microseconds, as set
    int64_t gap;    // the running mean; 0: not known yet
    int64_t struck; // the newest stroke; 0: none since the pianist's turn began
    int64_t last;   // the newest event
    uint8_t down[128];
    int keys; // that are down
} Pause;

void pause_init(Pause *p, double usual_seconds);
void pause_press(Pause *p, int pitch, int64_t time); // times of any clock
void pause_release(Pause *p, int pitch, int64_t time);
void pause_release_all(Pause *p, int64_t time);

// How long a silence is a pause now.
int64_t pause_length(const Pause *p);
// When it will have been one, if nothing more is played; -1: it will not.
int64_t pause_due(const Pause *p);
// Another's turn: the next pause comes after the next stroke. What is learned stays.
void pause_yield(Pause *p);

#endif
