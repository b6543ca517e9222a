#include "audio/ports/midi_input.h"

#include "audio/ports/midi_systems.h"
#include "audio/ports/midi_watch.h"
#include "audio/ring.h"

#include <fluidsynth.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define ROOM       4096    // the most events that wait for the main thread
#define FLOOD_TOLD 2000000 // microseconds for which a loss is reported

// FluidSynth's driver, which hears a system's ports.
typedef struct Listener {
    int system;   // -1: none runs
    char *client; // owned; its name
    fluid_settings_t *settings;
    fluid_midi_driver_t *driver;
} Listener;

struct MidiInput {
    Engine *engine; // borrowed
    MidiWatch watch;
    MidiInputState state; // under the watch's lock

    // Used by the watch's thread only.
    MidiSystems systems;
    char *now; // owned; the wish that the thread follows now
    Listener listener;

    atomic_int touch;      // a Touch
    MidiChannels channels; // used by the driver's thread only
    MidiControls controls;
    atomic_bool forget;   // the driver's thread must forget the held keys
    Ring live;            // of LiveEvent, from the driver's thread to the main thread
    atomic_bool vanished; // held keys will not be released by an event
    _Atomic int64_t flooded; // when the ring was last full and lost an event; 0: never
};

// ---- the driver's thread

static void pass_on(void *data, int kind, int pitch, int value) {
    MidiInput *m = data;
    AudioEvent event = {AUDIO_NOW, .kind = (uint8_t)kind, .source = SOURCE_MIDI,
                        .pitch = (uint8_t)pitch, .value = (uint8_t)value};
    LiveEvent live = {g_get_monotonic_time(), event.kind, SOURCE_MIDI,
                      event.pitch & 127, event.value & 127};
    bool sounds = engine_push(m->engine, event), told = ring_push(&m->live, &live);
    if (!told) atomic_store(&m->vanished, true);
    if (!sounds || !told) atomic_store(&m->flooded, live.time);
}

void midi_input_receive(MidiInput *m, MidiMessage message) {
    if (message.status == MIDI_CONTROL)
        midi_controls_move(&m->controls,
                           (MidiController){1 + message.channel, message.number},
                           message.value);
    if (atomic_exchange(&m->forget, false)) m->channels = (MidiChannels){0};
    if (message.status == MIDI_NOTE_ON)
        message.value = touch_velocity((Touch)atomic_load(&m->touch), message.value);
    midi_channels_apply(&m->channels, message, pass_on, m);
}

static int receive(void *data, fluid_midi_event_t *event) {
    MidiMessage message = {.status = fluid_midi_event_get_type(event),
                           .channel = fluid_midi_event_get_channel(event)};
    bool control = message.status == MIDI_CONTROL;
    message.number = control ? fluid_midi_event_get_control(event)
                             : fluid_midi_event_get_key(event);
    message.value = control ? fluid_midi_event_get_value(event)
                            : fluid_midi_event_get_velocity(event);
    midi_input_receive(data, message);
    return FLUID_OK;
}

// ---- the watch's thread

static void let_go(MidiInput *m) {
    engine_release(m->engine, SOURCE_MIDI);
    atomic_store(&m->forget, true);
    atomic_store(&m->vanished, true);
}

static void stop_driver(MidiInput *m) {
    if (m->listener.driver) {
        delete_fluid_midi_driver(m->listener.driver);
        let_go(m);
    }
    if (m->listener.settings) delete_fluid_settings(m->listener.settings);
    m->listener.driver = NULL;
    m->listener.settings = NULL;
    m->listener.system = -1;
}

static void start_driver(MidiInput *m, int system) {
    for (int level = 0; level < LAST_LOG_LEVEL; level++)
        fluid_set_log_function(level, NULL, NULL);
    g_free(m->listener.client);
    m->listener.client = midi_systems[system]->hears(m->systems.ports[system],
                                                     MIDI_CLIENT_IN)
                             ? g_strdup_printf(MIDI_CLIENT_IN " %d", (int)getpid())
                             : g_strdup(MIDI_CLIENT_IN);
    m->listener.settings = new_fluid_settings();
    fluid_settings_setstr(m->listener.settings, "midi.driver",
                          midi_systems[system]->driver);
    fluid_settings_setstr(m->listener.settings, "midi.portname",
                          m->listener.client); // ALSA's
    fluid_settings_setstr(m->listener.settings, "midi.jack.id", m->listener.client);
    fluid_settings_setint(m->listener.settings, "midi.autoconnect", 0);
    m->listener.driver = new_fluid_midi_driver(m->listener.settings, receive, m);
    m->listener.system = system;
    if (!m->listener.driver) stop_driver(m);
}

static void lose_system(void *data, int system) {
    MidiInput *m = data;
    if (m->listener.system == system) stop_driver(m);
}

static bool is_wished(const char *wish, const char *name) {
    if (*wish) return strcmp(name, wish) == 0;
    return !strstr(name, "Midi Through"); // ALSA's loop-back port, which is no keyboard
}

static int count_wished(const GPtrArray *names, const char *wish) {
    int count = 0;
    for (guint i = 0; i < names->len; i++) count += is_wished(wish, names->pdata[i]);
    return count;
}

// Connects all wished ports. Returns how many are connected.
static int connect_all(MidiInput *m, const GPtrArray *names, const char *wish) {
    int count = 0;
    for (guint i = 0; i < names->len; i++)
        if (is_wished(wish, names->pdata[i]))
            count += midi_systems[m->listener.system]->connect(
                m->systems.ports[m->listener.system], names->pdata[i],
                m->listener.client);
    return count;
}

// Starts the driver of the first system that has a wished port. A changed wish gets a
// new driver, to which nothing is connected yet.
static int follow_wish(MidiInput *m, GPtrArray *const names[], const char *wish) {
    int system = -1;
    for (int i = MIDI_SYSTEMS - 1; i >= 0; i--)
        if (count_wished(names[i], wish) > 0) system = i;
    bool other = g_strcmp0(wish, m->now) != 0;
    if (m->listener.driver && (system != m->listener.system || other)) stop_driver(m);
    if (other) {
        g_free(m->now);
        m->now = g_strdup(wish);
    }
    if (system < 0) return 0;
    if (!m->listener.driver) start_driver(m, system);
    return m->listener.driver ? connect_all(m, names[system], wish) : 0;
}

static char **join(GPtrArray *const names[]) {
    GStrvBuilder *all = g_strv_builder_new();
    for (int i = 0; i < MIDI_SYSTEMS; i++)
        for (guint n = 0; n < names[i]->len; n++)
            g_strv_builder_add(all, names[i]->pdata[n]);
    char **joined = g_strv_builder_end(all);
    g_strv_builder_unref(all);
    return joined;
}

static bool is_flooded(MidiInput *m) {
    int64_t last = atomic_load(&m->flooded);
    return last && g_get_monotonic_time() - last < FLOOD_TOLD;
}

static void publish(MidiInput *m, char **names, int connected, const char *wish) {
    bool missing = !connected && *wish && strcmp(wish, MIDI_INPUT_NONE) != 0;
    watchdog_lock(&m->watch.watchdog);
    bool fewer = connected < m->state.connected;
    g_strfreev(m->watch.names);
    m->watch.names = names;
    m->state.connected = connected;
    *m->state.trouble = '\0';
    if (missing)
        g_snprintf(m->state.trouble, sizeof m->state.trouble,
                   "the MIDI port '%s' is not there now", wish);
    else if (is_flooded(m))
        g_strlcpy(m->state.trouble,
                  "MIDI comes faster than it can be played, so notes are left out",
                  sizeof m->state.trouble);
    watchdog_unlock(&m->watch.watchdog);
    if (fewer) let_go(m);
}

static void look(void *data, const char *wish) {
    MidiInput *m = data;
    GPtrArray *names[MIDI_SYSTEMS];
    midi_systems_look(&m->systems, "par-midi inputs", lose_system, m);
    for (int i = 0; i < MIDI_SYSTEMS; i++) {
        names[i] = g_ptr_array_new_with_free_func(g_free);
        if (m->systems.ports[i])
            midi_systems[i]->list(m->systems.ports[i], false, names[i]);
    }
    int connected = follow_wish(m, names, wish);
    if (!watchdog_is_abandoned(&m->watch.watchdog))
        publish(m, join(names), connected, wish);
    for (int i = 0; i < MIDI_SYSTEMS; i++) g_ptr_array_unref(names[i]);
}

static void leave(void *data) {
    MidiInput *m = data;
    stop_driver(m);
    midi_systems_close(&m->systems);
}

// ---- called by the main thread

MidiInput *midi_input_open(Engine *e, const char *port) {
    MidiInput *m = g_new0(MidiInput, 1);
    m->engine = e;
    m->listener.system = -1;
    atomic_init(&m->touch, TOUCH_NORMAL);
    ring_init(&m->live, sizeof(LiveEvent), ROOM);
    midi_watch_start(&m->watch, port, look, leave, m);
    return m;
}

void midi_input_wish(MidiInput *m, const char *port) {
    midi_watch_wish(&m->watch, port);
}

void midi_input_set_touch(MidiInput *m, Touch touch) {
    atomic_store(&m->touch, (int)touch);
}

MidiInputState midi_input_state(MidiInput *m) {
    watchdog_lock(&m->watch.watchdog);
    MidiInputState s = m->state;
    watchdog_unlock(&m->watch.watchdog);
    return s;
}

char **midi_input_ports(MidiInput *m) { return midi_watch_ports(&m->watch); }

bool midi_input_read(MidiInput *m, LiveEvent *ret) {
    if (ring_pop(&m->live, ret)) return true;
    if (!atomic_exchange(&m->vanished, false)) return false;
    *ret = (LiveEvent){g_get_monotonic_time(), AUDIO_RELEASE, SOURCE_MIDI, 0, 0};
    return true;
}

bool midi_input_read_control(MidiInput *m, MidiController *ret, int *ret_position) {
    return midi_controls_read(&m->controls, ret, ret_position);
}

bool midi_input_control_waits(const MidiInput *m) {
    return midi_controls_wait(&m->controls);
}

bool midi_input_close(MidiInput *m) {
    if (!m) return true;
    if (!midi_watch_end(&m->watch)) return false;
    g_free(m->now);
    g_free(m->listener.client);
    ring_free(&m->live);
    g_free(m);
    return true;
}
