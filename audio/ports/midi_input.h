// Live MIDI keyboards: finds ports, connects them by name, and connects them again
// after they were lost.
//
// FluidSynth's drivers for ALSA's sequencer and JACK receive and parse the bytes; only
// the driver of the wished port runs. Notes and the three pedals go into the engine's
// MIDI ring, to sound at once, and with their time into a second ring, from which the
// main thread shows and captures them. All channels are one piano (midi_channels.h),
// whose velocities follow the touch curve (touch.h). The main thread can also read
// where controllers were moved to, the pedals included (midi_controls.h).
//
// A thread looks for ports twice a second and connects the wished ones. When a port
// disappears, its keys and pedals are released, in the engine and in the second ring.
//
// If a port sends faster than the music can be played, events are dropped, all held
// keys are released, and the state reports it.
//
// No call waits for a MIDI system; if one hangs, only that thread hangs.
#ifndef AUDIO_PORTS_MIDI_INPUT_H
#define AUDIO_PORTS_MIDI_INPUT_H

#include "audio/engine.h"
#include "audio/ports/midi_channels.h"
#include "audio/ports/midi_controls.h"
#include "audio/ports/touch.h"

typedef struct MidiInput MidiInput;

#define MIDI_INPUT_EVERY ""     // a wish: all connected keyboards
#define MIDI_INPUT_NONE  "none" // a wish: no keyboard

typedef struct MidiInputState {
    int connected;     // the number of connected ports
    char trouble[256]; // one sentence, or empty
} MidiInputState;

// One thread (main) calls these functions; each returns at once.

// `port` is a name of midi_input_ports(), or one of the two above. The engine must live
// until midi_input_close() has returned true.
MidiInput *midi_input_open(Engine *e, const char *port);
void midi_input_wish(MidiInput *m, const char *port);
void midi_input_set_touch(MidiInput *m, Touch touch); // at once; initially TOUCH_NORMAL
MidiInputState midi_input_state(MidiInput *m);
// Returns the ports that were found last, such as "ALSA: Digital Piano", to be freed
// with g_strfreev; NULL before the first search.
char **midi_input_ports(MidiInput *m);
// Reads the next played event, AUDIO_RELEASE included, in order. Returns false if there
// is none.
bool midi_input_read(MidiInput *m, LiveEvent *ret);
// Reads the next controller that was moved since it was last read, and its newest
// position, 0-127. Returns false if there is none.
bool midi_input_read_control(MidiInput *m, MidiController *ret, int *ret_position);
bool midi_input_control_waits(const MidiInput *m); // any thread; whether one was moved
// Takes at most a second. Returns false if a MIDI system hangs, as output_close() does.
bool midi_input_close(MidiInput *m);

// Handles a message that a driver's thread received. While no port is wished there is
// no such thread, and a test may call this in its place. RT safe.
void midi_input_receive(MidiInput *m, MidiMessage message);

#endif
