#include "audio/devices/midi_output.h"

#include "audio/devices/midi_ports.h"
#include "audio/devices/midi_watch.h"

#include <string.h>

#define RETRY (3 * G_USEC_PER_SEC) // for a system that is not there; microseconds
#define HUSH  (200 * 1000)         // for every key to come up at a port

enum { HUSH_LOOKS = 40 };

static const MidiSystem
    *const ports_of = &midi_ports_jack; // that has an output of ours

struct MidiOutput {
    Engine *engine; // borrowed
    MidiWatch watch;
    MidiOutputState state; // under its lock

    // The thread's own.
    MidiPorts *ports; // owned; NULL: not there
    int64_t retry;
    char *now; // owned; the port that is connected by us, or ""
};

static void look_for_system(MidiOutput *m) {
    int64_t now = g_get_monotonic_time();
    if (m->ports && !ports_of->alive(m->ports)) {
        ports_of->close(m->ports);
        m->ports = NULL;
        m->retry = now;
    }
    if (m->ports || now < m->retry) return;
    m->ports = ports_of->open("par-midi outputs");
    m->retry = now + RETRY;
}

static void let_go(MidiOutput *m) {
    if (!*m->now || !m->ports) return;
    engine_shut_wire(m->engine, WIRE_NO_PORT, true);
    for (int i = 0; i < HUSH_LOOKS && !engine_wire_is_quiet(m->engine); i++)
        g_usleep(HUSH / HUSH_LOOKS);
    ports_of->lead_out(m->ports, m->now, false);
    engine_shut_wire(m->engine, WIRE_NO_PORT, false);
}

// Whether the wished port is connected.
static bool follow(MidiOutput *m, const char *wish) {
    if (strcmp(wish, m->now) != 0) {
        let_go(m);
        g_free(m->now);
        m->now = g_strdup(wish);
    }
    return *wish && m->ports && ports_of->lead_out(m->ports, wish, true);
}

static void publish(MidiOutput *m, char **names, bool connected, const char *wish) {
    bool there = g_strv_contains((const char *const *)names, wish);
    watchdog_lock(&m->watch.watchdog);
    g_strfreev(m->watch.names);
    m->watch.names = names;
    m->state.connected = connected;
    *m->state.trouble = '\0';
    if (*wish && !connected)
        g_snprintf(m->state.trouble, sizeof m->state.trouble,
                   there ? "the MIDI port '%s' gets nothing: MIDI goes out while JACK "
                           "plays the sound"
                         : "the MIDI port '%s' is not there now",
                   wish);
    watchdog_unlock(&m->watch.watchdog);
}

static void look(void *data, const char *wish) {
    MidiOutput *m = data;
    GPtrArray *names = g_ptr_array_new();
    look_for_system(m);
    if (m->ports) ports_of->list(m->ports, true, names);
    g_ptr_array_add(names, NULL);
    bool connected = follow(m, wish);
    char **list = (char **)g_ptr_array_free(names, FALSE);
    if (watchdog_is_abandoned(&m->watch.watchdog))
        g_strfreev(list);
    else
        publish(m, list, connected, wish);
}

static void leave(void *data) {
    MidiOutput *m = data;
    let_go(m);
    if (m->ports) ports_of->close(m->ports);
}

// ---- what the main thread calls

MidiOutput *midi_output_open(Engine *e, const char *port) {
    MidiOutput *m = g_new0(MidiOutput, 1);
    m->engine = e;
    m->now = g_strdup("");
    midi_watch_start(&m->watch, port, look, leave, m);
    return m;
}

void midi_output_wish(MidiOutput *m, const char *port) {
    midi_watch_wish(&m->watch, port);
}

MidiOutputState midi_output_state(MidiOutput *m) {
    watchdog_lock(&m->watch.watchdog);
    MidiOutputState s = m->state;
    watchdog_unlock(&m->watch.watchdog);
    return s;
}

char **midi_output_ports(MidiOutput *m) { return midi_watch_ports(&m->watch); }

bool midi_output_close(MidiOutput *m) {
    if (!m) return true;
    if (!midi_watch_end(&m->watch)) return false;
    g_free(m->now);
    g_free(m);
    return true;
}
