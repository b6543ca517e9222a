// Live MIDI keyboards: finds ports, connects them by name, and connects them again
// after they were lost.
//
// FluidSynth's drivers for ALSA's sequencer and JACK receive and parse the bytes; one
// of them runs at a time, that of the wished port. Notes and the three pedals go into
// the engine's MIDI ring, to sound at once, and with their time into a second ring for
// the main thread: for the screen and the capture. All channels are one piano
// (midi_channels.h), and its velocities are as the touch makes them (touch.h).
// The main thread can also read where controllers were moved to, the pedals included
// (midi_controls.h).
//
// A thread looks for ports twice a second and connects the wished ones. When a port
// disappears, its keys and pedals are released, in the engine and in the second ring.
//
// What a port sends faster than it can be played is left out, with all that is held let
// go, and the state says so.
//
// No call waits for a MIDI system; one that hangs blocks that thread alone.
#ifndef AUDIO_PORTS_MIDI_INPUT_H
#define AUDIO_PORTS_MIDI_INPUT_H

#include "audio/engine.h"
#include "audio/ports/midi_channels.h"
#include "audio/ports/midi_controls.h"
#include "audio/ports/touch.h"

typedef struct MidiInput MidiInput;

#define MIDI_INPUT_EVERY ""     // a wish: all keyboards that are connected
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
void midi_input_set_touch(MidiInput *m, Touch touch); // at once; without: TOUCH_NORMAL
MidiInputState midi_input_state(MidiInput *m);
// Returns the ports that were found last, such as "ALSA: Digital Piano", to be freed
// with g_strfreev; NULL before the first search.
char **midi_input_ports(MidiInput *m);
// Reads what was played, in order, AUDIO_RELEASE included. Returns false if there is
// nothing new.
bool midi_input_read(MidiInput *m, LiveEvent *ret);
// Reads which controllers were moved since the last call that returned false, and where
// each is by now, 0-127.
bool midi_input_read_control(MidiInput *m, MidiController *ret, int *ret_position);
bool midi_input_control_waits(const MidiInput *m); // any thread: is there one to read?
// Takes at most a second. Returns false if a MIDI system hangs, as output_close() does.
bool midi_input_close(MidiInput *m);

// What a driver's thread does with a message that it received. While no port is wished
// there is no such thread, and a test may stand in for it. RT safe.
void midi_input_receive(MidiInput *m, MidiMessage message);

#endif
