// Live MIDI's sixteen channels as the one piano: whose key and pedal it is.
//
// As in a file (midi/smf_read.h): a note-off ends its own channel's note, and the key
// is up when no channel holds it. The pedal is as deep as the channel that presses it
// deepest has it, and so are the other two. CC 123 and CC 120 end the notes of their
// channel, CC 121 lifts its pedals. Here the drum channel plays as well, for who
// connects a keyboard on channel 10 wants to hear it.
#ifndef AUDIO_DEVICES_MIDI_CHANNELS_H
#define AUDIO_DEVICES_MIDI_CHANNELS_H

#include "audio/event.h"

typedef struct MidiChannels {  // zeroed: all up
    uint16_t held[128];        // a bit (1 << channel) a channel
    uint8_t pedal[PEDALS][16]; // 0-127
} MidiChannels;

enum { MIDI_NOTE_OFF = 0x80, MIDI_NOTE_ON = 0x90, MIDI_CONTROL = 0xB0 };

// A channel's message, its status byte without the channel.
typedef struct MidiMessage {
    int status;  // one of the three; others do nothing
    int channel; // 0-15
    int number;  // pitch or controller, 0-127
    int value;   // 0-127
} MidiMessage;

// Tells what the piano does of it, in order: EVENT_ONSET, RELEASE, and PEDAL, whose
// pitch is a Pedal. Allocates nothing.
typedef void (*MidiTell)(void *data, int kind, int pitch, int value);
void midi_channels_apply(MidiChannels *c, MidiMessage m, MidiTell tell, void *data);

#endif
