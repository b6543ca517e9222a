// Our own MIDI output, used if the sound device does not send MIDI: a port that sends
// the messages that the engine relays (engine_relayed()). Each is sent MIDI_DELAY after
// it is due, which hides the irregular times of the sound device's calls. With ALSA's
// sequencer, a thread fills its queue; JACK calls us and counts in frames.
//
// Only one is open at a time, while the wire is WIRE_RELAYED. Before it closes it
// releases every key and pedal that it pressed.
#ifndef AUDIO_PORTS_MIDI_SEND_H
#define AUDIO_PORTS_MIDI_SEND_H

#include "audio/engine.h"

#define MIDI_DELAY 10000 // microseconds; with JACK, one period more

typedef struct AlsaSend AlsaSend;
typedef struct JackSend JackSend;

// Opens the port MIDI_PORT_OUT of the client MIDI_CLIENT_OUT. Returns NULL if there is
// no sequencer.
AlsaSend *alsa_send_open(Engine *e);
// Connects to this port of this client, or disconnects. Returns whether it
// is connected.
bool alsa_send_lead(AlsaSend *s, int client, int port, bool connect);
void alsa_send_close(AlsaSend *s); // accepts NULL

// Opens the port MIDI_PORT_OUT of the client MIDI_CLIENT_RELAY. Returns NULL if there
// is no server.
JackSend *jack_send_open(Engine *e);
bool jack_send_alive(const JackSend *s); // false: its server has gone
const char *jack_send_port(const JackSend *s);
void jack_send_close(JackSend *s); // accepts NULL

#endif
