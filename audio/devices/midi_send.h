// Our own MIDI output where the sound's device takes no MIDI: a port that sends what
// the engine relays (engine_relayed()), each message MIDI_DELAY after it is due, in
// which the uneven calls of a sound device even out. ALSA's sequencer has a queue for
// that and a thread here that fills it; JACK has frames, and calls for them.
//
// One is open at a time, while the wire is WIRE_RELAYED. What it sent and left down
// comes up before it closes.
#ifndef AUDIO_DEVICES_MIDI_SEND_H
#define AUDIO_DEVICES_MIDI_SEND_H

#include "audio/engine.h"

#define MIDI_DELAY 10000 // microseconds; by JACK one of its periods more

typedef struct AlsaSend AlsaSend;
typedef struct JackSend JackSend;

// The port MIDI_PORT_OUT of the client MIDI_CLIENT_OUT. NULL: no sequencer is there.
AlsaSend *alsa_send_open(Engine *e);
// To this port of this client, or no longer. True: it is connected.
bool alsa_send_lead(AlsaSend *s, int client, int port, bool connect);
void alsa_send_close(AlsaSend *s); // accepts NULL

// The port MIDI_PORT_OUT of the client MIDI_CLIENT_RELAY. NULL: no server is there.
JackSend *jack_send_open(Engine *e);
bool jack_send_alive(const JackSend *s); // false: its server has gone
const char *jack_send_port(const JackSend *s);
void jack_send_close(JackSend *s); // accepts NULL

#endif
