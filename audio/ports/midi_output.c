#include "audio/ports/midi_output.h"

#include "audio/ports/midi_send.h"
#include "audio/ports/midi_systems.h"
#include "audio/ports/midi_watch.h"

#include <string.h>

#define MOMENT G_USEC_PER_SEC
#define HUSH   (200 * 1000) // the longest wait until a port has released every key

enum { HUSH_LOOKS = 40 };

enum { NONE = -1 };

static const char *const prefixes[MIDI_SYSTEMS] = {"ALSA: ", "JACK: "};
struct MidiOutput {
    Engine *engine; // borrowed
    MidiWatch watch;
    MidiOutputState state; // under the watch's lock

    // Used by the watch's thread only.
    MidiSystems systems;
    int64_t wired; // when the sound device last took MIDI
    int sender;    // the system that sends for the device, or NONE
    char *now;     // owned; the port that we connected, or ""
    int through;   // that port's system, or NONE
};

// ---- the sender

static void end_sender(MidiOutput *m) {
    if (m->sender == NONE) return;
    midi_systems[m->sender]->end(m->systems.ports[m->sender]);
    engine_shut_wire(m->engine, WIRE_RELAYED, false);
    m->sender = NONE;
}

static void begin_sender(MidiOutput *m, int system) {
    RelayedMessage left; // left by the driver for the previous sender
    while (engine_relayed(m->engine, &left)) engine_drop_relayed(m->engine);
    if (system == NONE ||
        !midi_systems[system]->send(m->systems.ports[system], m->engine))
        return;
    engine_shut_wire(m->engine, WIRE_RELAYED, true);
    m->sender = system;
}

static void lose_system(void *data, int system) {
    MidiOutput *m = data;
    if (m->sender == system) end_sender(m);
}

// Returns the system of the wished port, or NONE if it does not run. If connections are
// left to a patchbay, JACK comes first.
static int system_of(const MidiOutput *m, const char *wish) {
    for (int i = MIDI_SYSTEMS - 1; i >= 0; i--)
        if (m->systems.ports[i] && (!*wish || g_str_has_prefix(wish, prefixes[i])))
            return i;
    return NONE;
}

// Returns whether the sound device sends for this system. It also does so shortly after
// it last took MIDI, so that no sender replaces it for a moment only.
static bool device_sends(MidiOutput *m, int system) {
    int64_t now = g_get_monotonic_time();
    if (!engine_wire_has(m->engine, WIRE_NO_DEVICE)) m->wired = now;
    return system == MIDI_JACK && now - m->wired < MOMENT;
}

// ---- the port

// Releases every key at the port before it is disconnected. The sender does this, since
// it knows what it sent; without a sender the wire does, while the device takes
// messages.
static void let_go(MidiOutput *m) {
    engine_shut_wire(m->engine, WIRE_NO_PORT, true);
    if (m->sender != NONE) {
        end_sender(m);
    } else {
        for (int i = 0; i < HUSH_LOOKS && !engine_wire_has(m->engine, WIRE_NO_DEVICE) &&
                        !engine_wire_is_quiet(m->engine);
             i++)
            g_usleep(HUSH / HUSH_LOOKS);
        if (*m->now && m->through != NONE && m->systems.ports[m->through])
            midi_systems[m->through]->lead_out(m->systems.ports[m->through], m->now,
                                               false);
    }
    engine_shut_wire(m->engine, WIRE_NO_PORT, false);
}

// Connects the wished port and disconnects another one. Returns whether the wished port
// is connected.
static bool follow(MidiOutput *m, const char *wish) {
    int system = system_of(m, wish), sender = device_sends(m, system) ? NONE : system;
    bool other = strcmp(wish, m->now) != 0;
    if ((other && *m->now) || sender != m->sender) let_go(m);
    if (sender != m->sender) begin_sender(m, sender);
    if (other) {
        g_free(m->now);
        m->now = g_strdup(wish);
    }
    m->through = system;
    return *wish && system != NONE &&
           midi_systems[system]->lead_out(m->systems.ports[system], wish, true);
}

static void publish(MidiOutput *m, char **names, bool connected, const char *wish) {
    bool there = g_strv_contains((const char *const *)names, wish);
    watchdog_lock(&m->watch.watchdog);
    g_strfreev(m->watch.names);
    m->watch.names = names;
    m->state.connected = connected;
    m->state.sequencer = m->systems.ports[MIDI_ALSA] != NULL;
    *m->state.trouble = '\0';
    if (*wish && !connected)
        g_snprintf(m->state.trouble, sizeof m->state.trouble,
                   there ? "the MIDI port '%s' cannot be connected now"
                   : !m->systems.ports[MIDI_ALSA] &&
                           g_str_has_prefix(wish, prefixes[MIDI_ALSA])
                       ? "the MIDI port '%s' is not there: this machine has no ALSA "
                         "sequencer"
                       : "the MIDI port '%s' is not there now",
                   wish);
    watchdog_unlock(&m->watch.watchdog);
}

static void look(void *data, const char *wish) {
    MidiOutput *m = data;
    GPtrArray *names = g_ptr_array_new();
    midi_systems_look(&m->systems, "par-midi outputs", lose_system, m);
    for (int i = 0; i < MIDI_SYSTEMS; i++)
        if (m->systems.ports[i])
            midi_systems[i]->list(m->systems.ports[i], true, names);
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
    midi_systems_close(&m->systems);
}

// ---- called by the main thread

MidiOutput *midi_output_open(Engine *e, const char *port) {
    MidiOutput *m = g_new0(MidiOutput, 1);
    m->engine = e;
    m->now = g_strdup("");
    m->wired = g_get_monotonic_time();
    m->sender = m->through = NONE;
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
