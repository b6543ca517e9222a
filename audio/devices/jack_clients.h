// Counts the JACK clients of this process, because all clients of a server that has
// died must be closed before a new one is opened.
//
// libjack keeps the clients in a table of the process. When a client is opened after
// their server has died, libjack closes and frees all that are left in the table;
// closing such a client again would crash. So the clients are counted here, for the
// whole process, and none is opened while a client of a dead server is left.
// FluidSynth's client need not be counted: it is opened after that of
// audio/ports/midi_ports_jack.c and closed before it.
//
// Any thread may call these functions. A call may hang as long as the server does.
#ifndef AUDIO_DEVICES_JACK_CLIENTS_H
#define AUDIO_DEVICES_JACK_CLIENTS_H

#include <jack/jack.h>
#include <stdatomic.h>

// Opens a client without any output on stderr. Returns NULL if no server answers or
// none can be opened yet. `gone` becomes true when the server dies; it must live until
// the client is closed.
jack_client_t *jack_clients_open(const char *name, atomic_bool *gone);
void jack_clients_close(jack_client_t *client);

#endif
