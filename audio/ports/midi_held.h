// What a receiver of MIDI has down, by what it was sent: so that the thread that sends
// can let all of it go by itself at the end, whatever became of the piano by then.
#ifndef AUDIO_PORTS_MIDI_HELD_H
#define AUDIO_PORTS_MIDI_HELD_H

#include "midi/performance.h"

#include <stdint.h>

typedef struct MidiHeld { // zeroed: all up
    bool down[16][128];
    bool pedal[16][PEDALS];
} MidiHeld;

void midi_held_follow(MidiHeld *h, const uint8_t bytes[3]); // that were sent. RT safe.
// The next message that lets something go, which counts as sent; false: all is up. RT
// safe.
bool midi_held_let_go(MidiHeld *h, uint8_t ret[3]);

#endif
