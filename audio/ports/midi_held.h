// Which keys and pedals a receiver of MIDI holds down, according to the messages it was
// sent. So the sending thread can release all of them at the end by itself, in whatever
// state the piano is then.
#ifndef AUDIO_PORTS_MIDI_HELD_H
#define AUDIO_PORTS_MIDI_HELD_H

#include "midi/performance.h"

#include <stdint.h>

typedef struct MidiHeld { // zeroed: nothing is down
    bool down[16][128];
    bool pedal[16][PEDALS];
} MidiHeld;

void midi_held_follow(MidiHeld *h, const uint8_t bytes[3]); // sent bytes. RT safe.
// Writes the next message that releases something, and counts it as sent. Returns false
// if nothing is down. RT safe.
bool midi_held_let_go(MidiHeld *h, uint8_t ret[3]);

#endif
