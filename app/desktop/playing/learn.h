// Dials that a controller of a MIDI keyboard moves (MIDI learn). A dial is told to
// learn; the next controller that is moved is its own from then on. A controller moves
// one dial at most: another dial that learns it takes it away from the first.
//
//   position of the controller   0 ... 64 ... 127
//   position of the dial        -1 ...  0 ...   1     in the middle it changes nothing
//
// A controller and its dial often stand at different places: the dial was moved by the
// mouse, or the controller has only just been learned. A jump of the dial would be
// heard, so a controller takes its dial over only when it reaches the dial's place or
// moves past it (soft takeover), and loses it again when the dial is moved otherwise.
//
// The three pedals play, so no dial can have them. The main thread's.
#ifndef APP_DESKTOP_PLAYING_LEARN_H
#define APP_DESKTOP_PLAYING_LEARN_H

#include "audio/ports/midi_controls.h"
#include "ui/view.h"

typedef struct Learn { // zeroed: no dial learns
    bool on;
    Steer dial;
    bool waits; // the newest movement was a LEARN_WAIT
    struct {
        bool known;
        double at; // where the dial's controller stands, -1 to 1
    } stands[STEERS];
} Learn;

void learn_begin(Learn *l, Steer dial); // and no longer another one
void learn_end(Learn *l);

typedef enum LearnKind {
    LEARN_NOTHING, // the controller is no dial's
    LEARN_PEDAL,   // it cannot be learned, and the dial still waits for another
    LEARN_NEW,     // it is this dial's from now on
    LEARN_WAIT,    // it has not reached the place of its dial, which stays
    LEARN_MOVE,    // it moves its dial
} LearnKind;

typedef struct LearnNews {
    LearnKind kind;
    Steer dial;
    double at;  // where the controller stands, -1 to 1, and LEARN_MOVE puts the dial
    int before; // LEARN_NEW: the dial that had the controller, a Steer; -1: none
} LearnNews;

// A controller was moved. learned, dials: the controller and the place of each dial
// (STEERS).
LearnNews learn_follow(Learn *l, MidiController *learned, const double *dials,
                       MidiController which, int position);

// The dial has no controller any more, and learns none. Returns false if it had none.
bool learn_forget(Learn *l, MidiController *learned, Steer dial);

void learn_show(const Learn *l, const MidiController *learned, View *ret);

#endif
