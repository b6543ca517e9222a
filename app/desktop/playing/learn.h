// Dials that a controller of a MIDI keyboard moves (MIDI learn). A dial is told to
// learn; the next controller that is moved is its own from then on. A controller moves
// one dial at most: another dial that learns it takes it away from the first.
//
//   position of the controller   0 ... 64 ... 127
//   position of the dial        -1 ...  0 ...   1     in the middle it changes nothing
//
// The three pedals play, so no dial can have them. The main thread's.
#ifndef APP_DESKTOP_PLAYING_LEARN_H
#define APP_DESKTOP_PLAYING_LEARN_H

#include "audio/ports/midi_controls.h"
#include "ui/view.h"

typedef struct Learn { // zeroed: no dial learns
    bool on;
    Steer dial;
} Learn;

void learn_begin(Learn *l, Steer dial); // and no longer another one
void learn_end(Learn *l);

typedef enum LearnKind {
    LEARN_NOTHING, // the controller is no dial's
    LEARN_PEDAL,   // it cannot be learned, and the dial still waits for another
    LEARN_NEW,     // it is this dial's from now on, and moves it
    LEARN_MOVE,    // it moves its dial
} LearnKind;

typedef struct LearnNews {
    LearnKind kind;
    Steer dial;
    double at;  // where the dial is moved to, -1 to 1
    int before; // LEARN_NEW: the dial that had the controller, a Steer; -1: none
} LearnNews;

// A controller was moved. learned: the controller of each dial (STEERS).
LearnNews learn_follow(Learn *l, MidiController *learned, MidiController which,
                       int position);

// The dial has no controller any more, and learns none. Returns false if it had none.
bool learn_forget(Learn *l, MidiController *learned, Steer dial);

void learn_show(const Learn *l, const MidiController *learned, View *ret);

#endif
