// Where the MIDI that the engine sends goes: the port that is wished is connected to
// our own output port, "par-midi out" of the client "par-midi", whenever both are
// there. A patchbay may connect it elsewhere, too.
//
// The messages themselves leave in the device's callback, on the frame they are due on
// (audio/wire.h): our port is there while JACK plays the sound. What is connected here
// is ports, by a thread that looks for them twice a second. Before another port is
// connected every key comes up at the one before it.
//
// No call waits for a MIDI system: one that hangs, hangs that thread alone.
#ifndef AUDIO_DEVICES_MIDI_OUTPUT_H
#define AUDIO_DEVICES_MIDI_OUTPUT_H

#include "audio/engine.h"

typedef struct MidiOutput MidiOutput;

#define MIDI_OUTPUT_NONE "" // a wish: what a patchbay connects

typedef struct MidiOutputState {
    bool connected;    // the wished port is
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
