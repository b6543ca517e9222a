#include "audio/ports/midi_controls.h"

void midi_controls_move(MidiControls *c, MidiController which, int position) {
    if (which.channel < 1 || which.channel > MIDI_CHANNELS || which.number < 0 ||
        which.number >= MIDI_CONTROLLERS)
        return;
    int place = (which.channel - 1) * MIDI_CONTROLLERS + which.number;
    atomic_store(&c->moved[place], (unsigned char)(1 + (position & 127)));
    atomic_store(&c->any, true); // stored last: whoever sees it also finds the position
}

// A round of reading begins only if `any` is set, and first clears it. A controller
// that moves at a place already read sets it again.
bool midi_controls_read(MidiControls *c, MidiController *ret, int *ret_position) {
    if (c->at == 0 && !atomic_exchange(&c->any, false)) return false;
    while (c->at < MIDI_CHANNELS * MIDI_CONTROLLERS) {
        int place = c->at++, moved = atomic_exchange(&c->moved[place], 0);
        if (!moved) continue;
        *ret = (MidiController){1 + place / MIDI_CONTROLLERS, place % MIDI_CONTROLLERS};
        *ret_position = moved - 1;
        return true;
    }
    c->at = 0;
    return false;
}

bool midi_controls_wait(const MidiControls *c) { return atomic_load(&c->any); }
