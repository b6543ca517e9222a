#include "audio/midi_ports.h"

#include <jack/jack.h>
#include <stdatomic.h>
#include <string.h>

#define PREFIX "JACK: "

struct MidiPorts {
    jack_client_t *client; // owned
    atomic_bool gone;
};

static void say_nothing(const char *text) {}
static void shut_down(void *data) { atomic_store(&((MidiPorts *)data)->gone, true); }

static MidiPorts *open_ports(void) {
    jack_set_error_function(say_nothing);
    jack_set_info_function(say_nothing);
    jack_client_t *client = jack_client_open("par-midi ports", JackNoStartServer, NULL);
    if (!client) return NULL;
    MidiPorts *p = g_new0(MidiPorts, 1);
    p->client = client;
    jack_on_shutdown(client, shut_down, p);
    return p;
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
    jack_client_close(p->client);
    g_free(p);
}

const MidiSystem midi_ports_jack = {"jack", open_ports,   alive,
                                    list,   connect_port, close_ports};
