#include "audio/devices/jack_clients.h"
#include "audio/ports/midi_held.h"
#include "audio/ports/midi_ports.h"
#include "audio/ports/midi_send.h"

#include <jack/midiport.h>

#define PATIENCE (200 * 1000) // the longest wait for the last messages; microseconds
#define LOOK     (5 * 1000)
#define ASTRAY   1000000 // microseconds; a due time so far away must be wrong

struct JackSend {
    Engine *engine;        // borrowed
    jack_client_t *client; // owned
    jack_port_t *port;
    MidiHeld held; // used by the callback only
    atomic_bool gone, ending, ended;
};

typedef struct Period {
    void *midi;
    jack_nframes_t frames, next; // the period's length; no message goes before `next`
    double begins, rate;         // microseconds; frames per microsecond
} Period;

// Returns false if the message is due later or there is no room for it.
static bool send(Period *p, const RelayedMessage *m) {
    double last = p->frames / p->rate;
    double at = (double)(m->due + MIDI_DELAY) + last - p->begins;
    if (at >= last && at < ASTRAY) return false;
    jack_nframes_t frame = at > 0 && at < last ? (jack_nframes_t)(at * p->rate) : 0;
    if (frame < p->next) frame = p->next;
    if (jack_midi_event_write(p->midi, frame, m->bytes, sizeof m->bytes) != 0)
        return false;
    p->next = frame;
    return true;
}

static bool let_go(JackSend *s, Period *p) {
    RelayedMessage m = {0};
    MidiHeld before = s->held;
    while (midi_held_let_go(&s->held, m.bytes)) {
        if (jack_midi_event_write(p->midi, p->next, m.bytes, sizeof m.bytes) != 0) {
            s->held = before;
            return false;
        }
        before = s->held;
    }
    return true;
}

static int process(jack_nframes_t frames, void *data) {
    JackSend *s = data;
    Period p = {jack_port_get_buffer(s->port, frames), .frames = frames};
    jack_nframes_t cycle;
    jack_time_t begins, ends;
    float lasts;
    RelayedMessage m;
    jack_midi_clear_buffer(p.midi);
    if (jack_get_cycle_times(s->client, &cycle, &begins, &ends, &lasts) != 0) return 0;
    p.begins = (double)begins;
    p.rate = jack_get_sample_rate(s->client) * 1e-6;
    if (atomic_load(&s->ending)) {
        if (let_go(s, &p)) atomic_store(&s->ended, true);
        return 0;
    }
    while (engine_relayed(s->engine, &m) && send(&p, &m)) {
        midi_held_follow(&s->held, m.bytes);
        engine_drop_relayed(s->engine);
    }
    return 0;
}

JackSend *jack_send_open(Engine *e) {
    JackSend *s = g_new0(JackSend, 1);
    s->engine = e;
    s->client = jack_clients_open(MIDI_CLIENT_RELAY, &s->gone);
    if (s->client) {
        s->port = jack_port_register(s->client, MIDI_PORT_OUT, JACK_DEFAULT_MIDI_TYPE,
                                     JackPortIsOutput, 0);
        jack_set_process_callback(s->client, process, s);
        if (s->port && jack_activate(s->client) == 0) return s;
        jack_clients_close(s->client);
    }
    g_free(s);
    return NULL;
}

bool jack_send_alive(const JackSend *s) { return !atomic_load(&s->gone); }

const char *jack_send_port(const JackSend *s) { return jack_port_name(s->port); }

void jack_send_close(JackSend *s) {
    if (!s) return;
    int64_t limit = g_get_monotonic_time() + PATIENCE;
    atomic_store(&s->ending, true);
    while (!atomic_load(&s->ended) && jack_send_alive(s) &&
           g_get_monotonic_time() < limit)
        g_usleep(LOOK);
    if (atomic_load(&s->ended)) // the last message needs up to two periods to arrive
        g_usleep((gulong)(2e6 * jack_get_buffer_size(s->client) /
                          jack_get_sample_rate(s->client)));
    jack_clients_close(s->client);
    g_free(s);
}
