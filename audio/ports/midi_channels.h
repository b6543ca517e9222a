// Combines the sixteen channels of live MIDI into one piano.
//
// The rules are those for files (midi/smf/smf_read.h): a note-off ends the note of its
// own channel, and the key is up when no channel holds it. Each of the three pedals has
// the deepest position of any channel. CC 123 and CC 120 end the notes of their
// channel, CC 121 lifts its pedals. Unlike in files the drum channel plays too: a user
// who connects a keyboard on channel 10 wants to hear it.
#ifndef AUDIO_PORTS_MIDI_CHANNELS_H
#define AUDIO_PORTS_MIDI_CHANNELS_H

#include "audio/event.h"

typedef struct MidiChannels {  // zeroed: no key or pedal is down
    uint16_t held[128];        // the bit 1 << channel for each channel
    uint8_t pedal[PEDALS][16]; // 0-127
} MidiChannels;

enum { MIDI_NOTE_OFF = 0x80, MIDI_NOTE_ON = 0x90, MIDI_CONTROL = 0xB0 };

// The message of a channel; `status` is its status byte without the channel.
typedef struct MidiMessage {
    int status;  // one of the three above; others have no effect
    int channel; // 0-15
    int number;  // pitch or controller, 0-127
    int value;   // 0-127
} MidiMessage;

// Is called with what the piano does, in order: EVENT_ONSET, EVENT_RELEASE and
// EVENT_PEDAL, whose pitch is a Pedal. Nothing is allocated.
typedef void (*MidiTell)(void *data, int kind, int pitch, int value);
void midi_channels_apply(MidiChannels *c, MidiMessage m, MidiTell tell, void *data);

#endif
