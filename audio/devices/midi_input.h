// A live MIDI keyboard: ports that are found, connected by name, lost and found again.
//
// FluidSynth's drivers for ALSA's sequencer and JACK receive and take the bytes apart;
// one of them runs at a time, that of the wished port. Notes and the three pedals go
// into the engine's MIDI ring, to sound at once, and into a second ring, with the
// moment they came, for the main thread: the screen and the capture. All channels are
// one piano (midi_channels.h).
//
// A thread looks for ports twice a second and connects what is wished. When a port
// vanishes, its keys and pedals are let go, in the engine and in the second ring.
//
// No call waits for a MIDI system: one that hangs, hangs that thread alone.
#ifndef AUDIO_DEVICES_MIDI_INPUT_H
#define AUDIO_DEVICES_MIDI_INPUT_H

#include "audio/engine.h"

typedef struct MidiInput MidiInput;

#define MIDI_INPUT_EVERY ""     // a wish: whatever is plugged in
#define MIDI_INPUT_NONE  "none" // a wish

typedef struct MidiInputState {
    int connected;     // ports that are heard
    char trouble[256]; // one sentence, or empty
} MidiInputState;

// One thread (main) makes all these calls; each returns at once.

// `port` is a name of midi_input_ports(), or one of the two above. The engine must live
// until midi_input_close() has returned true.
MidiInput *midi_input_open(Engine *e, const char *port);
void midi_input_wish(MidiInput *m, const char *port);
MidiInputState midi_input_state(MidiInput *m);
// The ports there were at the last look, "ALSA: Digital Piano"; g_strfreev. NULL: not
// yet.
char **midi_input_ports(MidiInput *m);
// What was played, in order, AUDIO_RELEASE included. False: nothing new.
bool midi_input_read(MidiInput *m, LiveEvent *ret);
// Takes at most a second. False: a MIDI system hangs; as output_close().
bool midi_input_close(MidiInput *m);

#endif
