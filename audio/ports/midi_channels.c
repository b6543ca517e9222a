#include "audio/ports/midi_channels.h"

enum { CC_SOUND_OFF = 120, CC_RESET = 121, CC_NOTES_OFF = 123 };
enum { PITCHES = 128, CHANNELS = 16 };

static void release(MidiChannels *c, int channel, int pitch, MidiTell tell,
                    void *data) {
    uint16_t before = c->held[pitch];
    c->held[pitch] = (uint16_t)(before & ~(1u << channel));
    if (before && !c->held[pitch]) tell(data, EVENT_RELEASE, pitch, 0);
}

static void move_pedal(MidiChannels *c, int channel, Pedal pedal, int value,
                       MidiTell tell, void *data) {
    int deepest = 0;
    c->pedal[pedal][channel] = (uint8_t)value;
    for (int i = 0; i < CHANNELS; i++) deepest = MAX(deepest, c->pedal[pedal][i]);
    tell(data, EVENT_PEDAL, pedal, deepest);
}

static void control(MidiChannels *c, MidiMessage m, MidiTell tell, void *data) {
    switch (m.number) {
    case CC_RESET:
        for (Pedal pedal = 0; pedal < PEDALS; pedal++)
            if (pedal == PEDAL_DAMPER || c->pedal[pedal][m.channel])
                move_pedal(c, m.channel, pedal, 0, tell, data);
        break;
    case CC_SOUND_OFF:
    case CC_NOTES_OFF:
        for (int pitch = 0; pitch < PITCHES; pitch++)
            release(c, m.channel, pitch, tell, data);
        break;
    default: {
        Pedal pedal = pedal_of_controller(m.number);
        if (pedal < PEDALS) move_pedal(c, m.channel, pedal, m.value, tell, data);
    }
    }
}

void midi_channels_apply(MidiChannels *c, MidiMessage m, MidiTell tell, void *data) {
    m.channel &= CHANNELS - 1;
    m.number &= PITCHES - 1;
    m.value &= 127;
    if (m.status == MIDI_NOTE_ON && m.value > 0) {
        c->held[m.number] = (uint16_t)(c->held[m.number] | 1u << m.channel);
        tell(data, EVENT_ONSET, m.number, m.value);
    } else if (m.status == MIDI_NOTE_ON || m.status == MIDI_NOTE_OFF) {
        release(c, m.channel, m.number, tell, data);
    } else if (m.status == MIDI_CONTROL) {
        control(c, m, tell, data);
    }
}
