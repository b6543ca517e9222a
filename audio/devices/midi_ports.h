// The ports that live MIDI can come from and go to, of the systems that have such:
// ALSA's sequencer and JACK. FluidSynth's drivers receive from them
// (audio/devices/midi_input.h); what is here lists them, and connects them to a
// driver's port.
//
// As in audio/devices/device.h: calls may hang with a stuck server, and nothing prints.
#ifndef AUDIO_DEVICES_MIDI_PORTS_H
#define AUDIO_DEVICES_MIDI_PORTS_H

#include "audio/engine.h"

#include <glib.h>
#include <stdbool.h>

// Our own ports, of the client "par-midi": a patchbay finds them again by their names.
#define MIDI_PORT_OUT "par-midi out"
// The clients of ALSA and of JACK that send it where the sound's device does not.
#define MIDI_CLIENT_OUT   "par-midi"
#define MIDI_CLIENT_RELAY "par-midi out"
// The client that hears keyboards, unless another par-midi has that name already.
#define MIDI_CLIENT_IN "par-midi in"

typedef struct MidiPorts MidiPorts;

typedef struct MidiSystem {
    const char *driver; // FluidSynth's name for it
    // As a client of this name. NULL: this machine has it not, or not now.
    MidiPorts *(*open)(const char *name);
    bool (*alive)(const MidiPorts *p); // false: it has gone
    // Appends the names of the ports that send, or of those that take: "ALSA: Digital
    // Piano".
    void (*list)(MidiPorts *p, bool takers, GPtrArray *names);
    // Connects a port of that list to the input of a client, by that client's name.
    // True too if it was.
    bool (*connect)(MidiPorts *p, const char *name, const char *client);
    // Is there a client of this name that hears?
    bool (*hears)(MidiPorts *p, const char *client);
    // Begins to send what the engine relays, by an output of our own
    // (audio/devices/midi_send.h); false: it cannot. And ends it.
    bool (*send)(MidiPorts *p, Engine *e);
    void (*end)(MidiPorts *p);
    // Connects our own output, that one or the device's, to a port that takes, or
    // disconnects it. True: it is connected.
    bool (*lead_out)(MidiPorts *p, const char *name, bool connect);
    void (*close)(MidiPorts *p);
} MidiSystem;

extern const MidiSystem midi_ports_alsa, midi_ports_jack;

#endif
