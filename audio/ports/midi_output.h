// Connects the engine's MIDI output: our own output port, "par-midi out", is connected
// to the chosen port of ALSA's sequencer or of JACK whenever both exist. A patchbay may
// connect it to other ports, too.
//
// While JACK plays the sound, the device's callback sends the messages, on the frame on
// which they are due (audio/wire.h). For a port of ALSA, and while another system plays
// the sound or it is off, a separate sender (midi_send.h) sends them: JACK's if its
// server runs, otherwise ALSA's. A thread connects the ports, chooses the sender, and
// looks for ports twice a second. Every key is released before the port or the sender
// changes.
//
// No call waits for a MIDI system: if one hangs, only that thread hangs.
#ifndef AUDIO_PORTS_MIDI_OUTPUT_H
#define AUDIO_PORTS_MIDI_OUTPUT_H

#include "audio/engine.h"

typedef struct MidiOutput MidiOutput;

#define MIDI_OUTPUT_NONE "" // for `port`: connections are left to a patchbay

typedef struct MidiOutputState {
    bool connected;    // the chosen port is connected
    bool sequencer;    // this machine has ALSA's sequencer
    char trouble[256]; // one sentence, or empty
} MidiOutputState;

// One thread (main) calls these functions; each returns at once.

// `port` is a name from midi_output_ports(), or MIDI_OUTPUT_NONE. The engine must exist
// until midi_output_close() has returned true.
MidiOutput *midi_output_open(Engine *e, const char *port);
void midi_output_wish(MidiOutput *m, const char *port);
MidiOutputState midi_output_state(MidiOutput *m);
// Returns the ports that were found last, such as "JACK: Pianoteq:midi_in"; free with
// g_strfreev. NULL: not known yet.
char **midi_output_ports(MidiOutput *m);
// Takes at most a second. Returns false if a MIDI system hangs; see output_close().
bool midi_output_close(MidiOutput *m);

#endif
