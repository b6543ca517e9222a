// Passes the positions of the controllers of MIDI keyboards (knobs, faders, wheels:
// control changes) from the driver's thread to the main thread.
//
// A knob sends a hundred positions per second, of which only the last matters. So this
// is a conflating mailbox: each controller has one place, in which a newer position
// replaces one that has not been read. It can neither overflow nor lose the last
// position.
#ifndef AUDIO_PORTS_MIDI_CONTROLS_H
#define AUDIO_PORTS_MIDI_CONTROLS_H

#include <stdatomic.h>
#include <stdbool.h>

enum {
    MIDI_CHANNELS = 16,
    MIDI_CONTROLLERS = 120, // from 120 on a number is a message to the whole channel
};

typedef struct MidiController {
    int channel; // 1-16; 0: none
    int number;  // 0-119
} MidiController;

static inline bool midi_controller_is(MidiController a, MidiController b) {
    return a.channel == b.channel && a.number == b.number;
}

typedef struct MidiControls { // zeroed: no controller was moved
    _Atomic unsigned char
        moved[MIDI_CHANNELS * MIDI_CONTROLLERS]; // 1 + the position; 0: not moved
    atomic_bool any;
    int at; // the reader's next place
} MidiControls;

// RT safe. For one thread. Ignores numbers that are no controller.
void midi_controls_move(MidiControls *c, MidiController which, int position); // 0-127

// For one other thread (main). Returns false if no controller was moved since it was
// read.
bool midi_controls_read(MidiControls *c, MidiController *ret, int *ret_position);

// Any thread: whether there is something to read.
bool midi_controls_wait(const MidiControls *c);

#endif
