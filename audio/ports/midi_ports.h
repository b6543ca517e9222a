// The MIDI ports of the two systems that have them, ALSA's sequencer and JACK.
// FluidSynth's drivers receive the messages (audio/ports/midi_input.h); the functions
// here list the ports and connect them to a driver's port.
//
// As in audio/devices/device.h, calls may hang if a server hangs, and nothing
// is printed.
#ifndef AUDIO_PORTS_MIDI_PORTS_H
#define AUDIO_PORTS_MIDI_PORTS_H

#include "audio/engine.h"

#include <glib.h>
#include <stdbool.h>

// The clients of ALSA and of JACK that send when the sound's device does not.
#define MIDI_CLIENT_OUT   "par-midi"
#define MIDI_CLIENT_RELAY "par-midi out"
// The client that receives from keyboards, unless another par-midi has that name.
#define MIDI_CLIENT_IN "par-midi in"

typedef struct MidiPorts MidiPorts;

typedef struct MidiSystem {
    const char *driver; // FluidSynth's name for the system
    // Opens a client of this name. Returns NULL if the system is missing or not
    // running.
    MidiPorts *(*open)(const char *name);
    bool (*alive)(const MidiPorts *p); // false: the system has ended
    // Appends the names of the ports that send or, with `takers`, of those that
    // receive, such as "ALSA: Digital Piano".
    void (*list)(MidiPorts *p, bool takers, GPtrArray *names);
    // Connects a port of that list to the input of a client, given by name. Returns
    // true also if they were connected already.
    bool (*connect)(MidiPorts *p, const char *name, const char *client);
    // Returns whether there is a client of this name with an input.
    bool (*hears)(MidiPorts *p, const char *client);
    // Start and stop sending the messages that the engine relays, by our own output
    // (audio/ports/midi_send.h). send() returns false if that is impossible.
    bool (*send)(MidiPorts *p, Engine *e);
    void (*end)(MidiPorts *p);
    // Connects our output port, that of send() or of the sound device, to a port that
    // receives, or disconnects it. Returns whether it is connected.
    bool (*lead_out)(MidiPorts *p, const char *name, bool connect);
    void (*close)(MidiPorts *p);
} MidiSystem;

extern const MidiSystem midi_ports_alsa, midi_ports_jack;

#endif
