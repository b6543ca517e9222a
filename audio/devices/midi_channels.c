#include "audio/devices/midi_channels.h"

enum { CC_PEDAL = 64, CC_SOUND_OFF = 120, CC_RESET = 121, CC_NOTES_OFF = 123 };
enum { PITCHES = 128, CHANNELS = 16 };

static void release(MidiChannels *c, int channel, int pitch, MidiTell tell,
                    void *data) {
    uint16_t before = c->held[pitch];
    c->held[pitch] = (uint16_t)(before & ~(1u << channel));
    if (before && !c->held[pitch]) tell(data, EVENT_RELEASE, pitch, 0);
}

static void move_pedal(MidiChannels *c, int channel, int value, MidiTell tell,
                       void *data) {
    int deepest = 0;
    c->pedal[channel] = (uint8_t)value;
    for (int i = 0; i < CHANNELS; i++)
        if (c->pedal[i] > deepest) deepest = c->pedal[i];
    tell(data, EVENT_PEDAL, 0, deepest);
}

static void control(MidiChannels *c, MidiMessage m, MidiTell tell, void *data) {
    switch (m.number) {
    case CC_PEDAL: move_pedal(c, m.channel, m.value, tell, data); break;
    case CC_RESET: move_pedal(c, m.channel, 0, tell, data); break;
    case CC_SOUND_OFF:
    case CC_NOTES_OFF:
        for (int pitch = 0; pitch < PITCHES; pitch++)
            release(c, m.channel, pitch, tell, data);
        break;
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
