#include "audio/devices/jack_clients.h"
#include "audio/devices/midi_ports.h"

#include <string.h>

#define PREFIX "JACK: "

struct MidiPorts {
    jack_client_t *client; // owned
    atomic_bool gone;
};

static MidiPorts *open_ports(void) {
    MidiPorts *p = g_new0(MidiPorts, 1);
    p->client = jack_clients_open("par-midi ports", &p->gone);
    if (p->client) return p;
    g_free(p);
    return NULL;
}

static bool alive(const MidiPorts *p) { return !atomic_load(&p->gone); }

static void list(MidiPorts *p, GPtrArray *names) {
    const char **ports = jack_get_ports(p->client, NULL, JACK_DEFAULT_MIDI_TYPE,
                                        JackPortIsOutput);
    for (int i = 0; ports && ports[i]; i++)
        g_ptr_array_add(names, g_strconcat(PREFIX, ports[i], NULL));
    jack_free(ports);
}

static bool connect_port(MidiPorts *p, const char *name, const char *client) {
    const char *from = name + strlen(PREFIX);
    g_autofree char *to = g_strconcat(client, ":midi_00", NULL); // as FluidSynth has it
    jack_port_t *port = jack_port_by_name(p->client, to);
    return port && (jack_port_connected_to(port, from) ||
                    jack_connect(p->client, from, to) == 0);
}

static void close_ports(MidiPorts *p) {
    jack_clients_close(p->client);
    g_free(p);
}

const MidiSystem midi_ports_jack = {"jack", open_ports,   alive,
                                    list,   connect_port, close_ports};
