#include "audio/devices/jack_clients.h"
#include "audio/ports/midi_ports.h"
#include "audio/ports/midi_send.h"

#include <string.h>

#define PREFIX "JACK: "
#define OWN    "par-midi:"
#define EARS   "par-midi in" // this program's input, and another par-midi's
#define RELAY  MIDI_CLIENT_RELAY

struct MidiPorts {
    jack_client_t *client; // owned
    atomic_bool gone;
    JackSend *sender; // owned; NULL: none
};

static MidiPorts *open_ports(const char *name) {
    MidiPorts *p = g_new0(MidiPorts, 1);
    p->client = jack_clients_open(name, &p->gone);
    if (p->client) return p;
    g_free(p);
    return NULL;
}

static bool alive(const MidiPorts *p) {
    return !atomic_load(&p->gone) && (!p->sender || jack_send_alive(p->sender));
}

static void list(MidiPorts *p, bool takers, GPtrArray *names) {
    const char **ports = jack_get_ports(p->client, NULL, JACK_DEFAULT_MIDI_TYPE,
                                        takers ? JackPortIsInput : JackPortIsOutput);
    for (int i = 0; ports && ports[i]; i++)
        if (!g_str_has_prefix(ports[i], OWN) && !g_str_has_prefix(ports[i], EARS) &&
            !g_str_has_prefix(ports[i], RELAY))
            g_ptr_array_add(names, g_strconcat(PREFIX, ports[i], NULL));
    jack_free(ports);
}

static bool connect_port(MidiPorts *p, const char *name, const char *client) {
    const char *from = name + strlen(PREFIX);
    g_autofree char *to = g_strconcat(client, ":midi_00", NULL); // FluidSynth's name
    jack_port_t *port = jack_port_by_name(p->client, to);
    return port && (jack_port_connected_to(port, from) ||
                    jack_connect(p->client, from, to) == 0);
}

static bool hears(MidiPorts *p, const char *client) {
    g_autofree char *port = g_strconcat(client, ":midi_00", NULL);
    return jack_port_by_name(p->client, port) != NULL;
}

static bool lead_out(MidiPorts *p, const char *name, bool connect) {
    const char *from = p->sender ? jack_send_port(p->sender) : OWN MIDI_PORT_OUT;
    const char *to = name + strlen(PREFIX);
    if (!g_str_has_prefix(name, PREFIX)) return false;
    jack_port_t *port = jack_port_by_name(p->client, from);
    bool connected = port && jack_port_connected_to(port, to);
    if (connected && !connect) jack_disconnect(p->client, from, to);
    if (connected || !connect) return connect;
    return port && jack_connect(p->client, from, to) == 0;
}

static bool send(MidiPorts *p, Engine *e) {
    p->sender = jack_send_open(e);
    return p->sender != NULL;
}

static void end(MidiPorts *p) {
    jack_send_close(p->sender);
    p->sender = NULL;
}

static void close_ports(MidiPorts *p) {
    end(p);
    jack_clients_close(p->client);
    g_free(p);
}

const MidiSystem midi_ports_jack = {"jack", open_ports, alive, list,     connect_port,
                                    hears,  send,       end,   lead_out, close_ports};
