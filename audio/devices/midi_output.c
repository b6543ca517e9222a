#include "audio/devices/midi_output.h"

#include "audio/devices/midi_ports.h"
#include "audio/devices/watchdog.h"

#include <string.h>

#define POLL     (500 * 1000)         // for ports; microseconds
#define RETRY    (3 * G_USEC_PER_SEC) // for a system that is not there
#define PATIENCE (600 * 1000)         // at the end
#define HUSH     (200 * 1000)         // for every key to come up at a port

enum { HUSH_LOOKS = 40 };

static const MidiSystem
    *const ports_of = &midi_ports_jack; // that has an output of ours

struct MidiOutput {
    Engine *engine; // borrowed
    Watchdog watchdog;

    // Under its lock.
    char *wish; // owned
    MidiOutputState state;
    char **names; // owned; of the ports

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
    watchdog_lock(&m->watchdog);
    g_strfreev(m->names);
    m->names = names;
    m->state.connected = connected;
    *m->state.trouble = '\0';
    if (*wish && !connected)
        g_snprintf(m->state.trouble, sizeof m->state.trouble,
                   there ? "the MIDI port '%s' gets nothing: MIDI goes out while JACK "
                           "plays the sound"
                         : "the MIDI port '%s' is not there now",
                   wish);
    watchdog_unlock(&m->watchdog);
}

static void look(MidiOutput *m, const char *wish) {
    GPtrArray *names = g_ptr_array_new();
    look_for_system(m);
    if (m->ports) ports_of->list(m->ports, true, names);
    g_ptr_array_add(names, NULL);
    bool connected = follow(m, wish);
    char **list = (char **)g_ptr_array_free(names, FALSE);
    if (watchdog_is_abandoned(&m->watchdog))
        g_strfreev(list);
    else
        publish(m, list, connected, wish);
}

static char *read_wish(MidiOutput *m) {
    watchdog_lock(&m->watchdog);
    char *wish = g_strdup(m->wish);
    watchdog_unlock(&m->watchdog);
    return wish;
}

static void *run(void *data) {
    MidiOutput *m = data;
    do {
        g_autofree char *wish = read_wish(m);
        look(m, wish);
        if (watchdog_is_abandoned(&m->watchdog)) return NULL; // all is left behind
    } while (watchdog_await(&m->watchdog, POLL));
    let_go(m);
    if (m->ports) ports_of->close(m->ports);
    watchdog_finish(&m->watchdog);
    return NULL;
}

// ---- what the main thread calls

MidiOutput *midi_output_open(Engine *e, const char *port) {
    MidiOutput *m = g_new0(MidiOutput, 1);
    m->engine = e;
    m->wish = g_strdup(port);
    m->now = g_strdup("");
    watchdog_start(&m->watchdog, run, m);
    return m;
}

void midi_output_wish(MidiOutput *m, const char *port) {
    watchdog_lock(&m->watchdog);
    g_free(m->wish);
    m->wish = g_strdup(port);
    watchdog_unlock_and_wake(&m->watchdog);
}

MidiOutputState midi_output_state(MidiOutput *m) {
    watchdog_lock(&m->watchdog);
    MidiOutputState s = m->state;
    watchdog_unlock(&m->watchdog);
    return s;
}

char **midi_output_ports(MidiOutput *m) {
    watchdog_lock(&m->watchdog);
    char **names = g_strdupv(m->names);
    watchdog_unlock(&m->watchdog);
    return names;
}

bool midi_output_close(MidiOutput *m) {
    if (!m) return true;
    if (!watchdog_end(&m->watchdog, PATIENCE)) return false;
    g_strfreev(m->names);
    g_free(m->wish);
    g_free(m->now);
    g_free(m);
    return true;
}
