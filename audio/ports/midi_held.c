#include "audio/ports/midi_held.h"

#include <string.h>

enum { NOTE_OFF = 0x80, NOTE_ON = 0x90, CONTROL = 0xB0, NOTES_OFF = 123 };

void midi_held_follow(MidiHeld *h, const uint8_t bytes[3]) {
    int status = bytes[0] & 0xF0, channel = bytes[0] & 15, number = bytes[1] & 127;
    if (status == NOTE_ON || status == NOTE_OFF)
        h->down[channel][number] = status == NOTE_ON && bytes[2] > 0;
    if (status == CONTROL && number == NOTES_OFF)
        memset(h->down[channel], 0, sizeof h->down[channel]);
    if (status == CONTROL && pedal_of_controller(number) < PEDALS)
        h->pedal[channel][pedal_of_controller(number)] = bytes[2] > 0;
}

static bool tell(MidiHeld *h, uint8_t ret[3], int status, int channel, int number) {
    ret[0] = (uint8_t)(status | channel);
    ret[1] = (uint8_t)number;
    ret[2] = 0;
    midi_held_follow(h, ret);
    return true;
}

bool midi_held_let_go(MidiHeld *h, uint8_t ret[3]) {
    for (int channel = 0; channel < 16; channel++) {
        for (int pitch = 0; pitch < 128; pitch++)
            if (h->down[channel][pitch]) return tell(h, ret, NOTE_OFF, channel, pitch);
        for (Pedal pedal = 0; pedal < PEDALS; pedal++)
            if (h->pedal[channel][pedal])
                return tell(h, ret, CONTROL, channel, pedal_controller(pedal));
    }
    return false;
}
