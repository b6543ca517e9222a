// The clients that this process has of a JACK server: they die together, and have to be
// buried together.
//
// libjack keeps them in a table of the process. The first one that is opened after
// their server has died has all that are left there closed and freed, and whoever
// closes his own after that crashes. So they are counted here, in the process as well,
// and none is opened while one of a dead server is left. FluidSynth's client needs no
// count: it is opened after that of audio/devices/midi_ports_jack.c, and closed before
// it.
//
// Any thread; a call may hang while the server does.
#ifndef AUDIO_DEVICES_JACK_CLIENTS_H
#define AUDIO_DEVICES_JACK_CLIENTS_H

#include <jack/jack.h>
#include <stdatomic.h>

// Opens one, in silence. NULL: no server answers, or none can be opened yet. `gone`
// becomes true when its server dies; it must live until the client is closed.
jack_client_t *jack_clients_open(const char *name, atomic_bool *gone);
void jack_clients_close(jack_client_t *client);

#endif
