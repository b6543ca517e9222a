#include "audio/ports/midi_ports.h"
#include "audio/ports/midi_send.h"

#include <alsa/asoundlib.h>

#define PREFIX "ALSA: "

enum {
    SENDS = SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ,
    TAKES = SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE,
};

struct MidiPorts {
    snd_seq_t *seq;   // owned
    AlsaSend *sender; // owned; NULL: none
};

static void say_nothing(const char *file, int line, const char *function, int err,
                        const char *format, ...) {}

static MidiPorts *open_ports(const char *name) {
    snd_seq_t *seq;
    snd_lib_error_set_handler(say_nothing);
    if (snd_seq_open(&seq, "default", SND_SEQ_OPEN_DUPLEX, 0) < 0) return NULL;
    snd_seq_set_client_name(seq, name);
    MidiPorts *p = g_new0(MidiPorts, 1);
    p->seq = seq;
    return p;
}

static bool alive(const MidiPorts *p) { return true; } // it is a part of the kernel

// Returns a port's name with its client's, which is left out if the port's name begins
// with it.
static char *full_name(const char *client, const char *port) {
    return g_str_has_prefix(port, client)
               ? g_strconcat(PREFIX, port, NULL)
               : g_strconcat(PREFIX, client, " ", port, NULL);
}

// Called with each port; returns false to stop.
typedef bool Visit(void *data, const char *client, const char *port,
                   const snd_seq_addr_t *address);

static void each_port(MidiPorts *p, unsigned able, Visit *visit, void *data) {
    snd_seq_client_info_t *client;
    snd_seq_port_info_t *port;
    snd_seq_client_info_alloca(&client);
    snd_seq_port_info_alloca(&port);
    snd_seq_client_info_set_client(client, -1);
    while (snd_seq_query_next_client(p->seq, client) >= 0) {
        int id = snd_seq_client_info_get_client(client);
        if (id == SND_SEQ_CLIENT_SYSTEM || id == snd_seq_client_id(p->seq)) continue;
        snd_seq_port_info_set_client(port, id);
        snd_seq_port_info_set_port(port, -1);
        while (snd_seq_query_next_port(p->seq, port) >= 0) {
            unsigned can = snd_seq_port_info_get_capability(port);
            if ((can & able) != able || can & SND_SEQ_PORT_CAP_NO_EXPORT) continue;
            if (!visit(data, snd_seq_client_info_get_name(client),
                       snd_seq_port_info_get_name(port),
                       snd_seq_port_info_get_addr(port)))
                return;
        }
    }
}

static bool add_name(void *data, const char *client, const char *port,
                     const snd_seq_addr_t *address) {
    bool own = strcmp(client, MIDI_CLIENT_OUT) == 0; // our own output is left out
    if (!own) g_ptr_array_add(data, full_name(client, port));
    return true;
}

static void list(MidiPorts *p, bool takers, GPtrArray *names) {
    each_port(p, takers ? TAKES : SENDS, add_name, names);
}

typedef struct Search {
    const char *name; // the full name of the port, or the client's name
    bool whole;
    bool found;
    snd_seq_addr_t address;
} Search;

static bool is_it(void *data, const char *client, const char *port,
                  const snd_seq_addr_t *address) {
    Search *s = data;
    g_autofree char *full = full_name(client, port);
    if (strcmp(s->whole ? full : client, s->name) != 0) return true;
    s->found = true;
    s->address = *address;
    return false;
}

static bool connect_port(MidiPorts *p, const char *name, const char *client) {
    Search from = {.name = name, .whole = true}, to = {.name = client};
    snd_seq_port_subscribe_t *way;
    snd_seq_port_subscribe_alloca(&way);
    each_port(p, SENDS, is_it, &from);
    each_port(p, TAKES, is_it, &to);
    if (!from.found || !to.found) return false;
    snd_seq_port_subscribe_set_sender(way, &from.address);
    snd_seq_port_subscribe_set_dest(way, &to.address);
    return snd_seq_get_port_subscription(p->seq, way) == 0 ||
           snd_seq_subscribe_port(p->seq, way) == 0;
}

static bool hears(MidiPorts *p, const char *client) {
    Search own = {.name = client};
    each_port(p, TAKES, is_it, &own);
    return own.found;
}

static bool send(MidiPorts *p, Engine *e) {
    p->sender = alsa_send_open(e);
    return p->sender != NULL;
}

static void end(MidiPorts *p) {
    alsa_send_close(p->sender);
    p->sender = NULL;
}

static bool lead_out(MidiPorts *p, const char *name, bool connect) {
    Search to = {.name = name, .whole = true};
    each_port(p, TAKES, is_it, &to);
    return p->sender && to.found &&
           alsa_send_lead(p->sender, to.address.client, to.address.port, connect);
}

static void close_ports(MidiPorts *p) {
    end(p);
    snd_seq_close(p->seq);
    g_free(p);
}

const MidiSystem midi_ports_alsa = {"alsa_seq",   open_ports, alive, list,
                                    connect_port, hears,      send,  end,
                                    lead_out,     close_ports};
