// Where the MIDI that the engine sends goes: the port that is wished, of ALSA's
// sequencer or of JACK, is connected to our own output port, "par-midi out", whenever
// both are there. A patchbay may connect it elsewhere, too.
//
// While JACK plays the sound, the messages leave in the device's callback, on the frame
// they are due on (audio/wire.h). For a port of ALSA, and while the sound goes another
// way or is off, a sender of its own sends them (midi_send.h): JACK's if its server
// runs, else ALSA's. A thread looks for ports twice a second and sees to all that.
// Before another port is connected, or another sends, every key comes up.
//
// No call waits for a MIDI system: one that hangs, hangs that thread alone.
#ifndef AUDIO_DEVICES_MIDI_OUTPUT_H
#define AUDIO_DEVICES_MIDI_OUTPUT_H

#include "audio/engine.h"

typedef struct MidiOutput MidiOutput;

#define MIDI_OUTPUT_NONE "" // a wish: what a patchbay connects

typedef struct MidiOutputState {
    bool connected;    // the wished port is
    bool sequencer;    // this machine has ALSA's
    char trouble[256]; // one sentence, or empty
} MidiOutputState;

// One thread (main) makes all these calls; each returns at once.

// `port` is a name of midi_output_ports(), or none. The engine must live until
// midi_output_close() has returned true.
MidiOutput *midi_output_open(Engine *e, const char *port);
void midi_output_wish(MidiOutput *m, const char *port);
MidiOutputState midi_output_state(MidiOutput *m);
// The ports there were at the last look, "JACK: Pianoteq:midi_in"; g_strfreev. NULL:
// not yet.
char **midi_output_ports(MidiOutput *m);
// Takes at most a second. False: a MIDI system hangs; as output_close().
bool midi_output_close(MidiOutput *m);

#endif
