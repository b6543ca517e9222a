// Detects when a pianist has paused, so that it is the model's turn: when no key is
// down, and no key was pressed or released for longer than
//
//     2.5 times the usual gap between two strokes, but between a half and twice `usual`
//
// where the gap is a running mean of the newest dozen or so. A slow player gets more
// time to think, and a fast one is answered sooner. A chord counts as one stroke.
#ifndef APP_DESKTOP_PLAYING_PAUSE_H
#define APP_DESKTOP_PLAYING_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Pause {
    int64_t usual;  // microseconds, as set
    int64_t gap;    // the running mean; 0: not known yet
    int64_t struck; // time of the newest stroke; 0: none since the pianist's turn began
    int64_t last;   // time of the newest event
    uint8_t down[128];
    int keys; // number of keys that are down
} Pause;

void pause_init(Pause *p, double usual_seconds);
void pause_press(Pause *p, int pitch, int64_t time); // `time` may be of any clock
void pause_release(Pause *p, int pitch, int64_t time);
void pause_release_all(Pause *p, int64_t time);

// Returns the length of silence that counts as a pause now.
int64_t pause_length(const Pause *p);
// Returns the time at which the pause will be complete if nothing more is played;
// -1: never.
int64_t pause_due(const Pause *p);
// Ends the pianist's turn: the next pause needs a new stroke first. The running
// mean stays.
void pause_yield(Pause *p);

#endif
