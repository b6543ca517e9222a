#include "audio/devices/output.h"

#include "audio/devices/device.h"
#include "audio/devices/driver.h"
#include "audio/devices/loader.h"
#include "audio/devices/watchdog.h"

#include <stdatomic.h>
#include <string.h>

#define STUCK    (2 * G_USEC_PER_SEC) // for a call, or until the device's first one
#define POLL     (100 * 1000)         // how often the control thread looks
#define PATIENCE (600 * 1000)         // the longest wait at the end
#define HUSH     (200 * 1000)         // for the end of MIDI; microseconds, as all these

enum { HUSH_LOOKS = 40 };

// The wish of the main thread, with owned texts.
typedef struct Wish {
    char *device, *soundfont; // device is never NULL
    int frames;
} Wish;

struct Output {
    Engine *engine; // borrowed
    Watchdog control;

    // Under the control thread's lock.
    Wish wish;
    OutputState state; // except for the phase and the SoundFont
    char **devices;    // owned

    // Used by the control thread only.
    Device *device;  // owned; NULL: none
    Wish now;        // the wish that is followed now
    int failures;    // failures in a row
    int64_t retry;   // no attempt before this time
    int64_t started; // when the device was started
    uint32_t devices_started;

    Driver driver;
    Loader loader;
    _Atomic int64_t entered; // when a call that may hang began; 0: there is none
};

// ---- the control thread

// These enclose a call that may take long or hang. end_blocking() returns false if the
// thread was abandoned meanwhile; then it must not use the engine any more.
static void begin_blocking(Output *o) {
    atomic_store(&o->entered, g_get_monotonic_time());
}

static bool end_blocking(Output *o) {
    atomic_store(&o->entered, 0);
    return !watchdog_is_abandoned(&o->control);
}

static void say(Output *o, char *where, size_t room, const char *text) {
    watchdog_lock(&o->control);
    g_strlcpy(where, text ? text : "", room);
    watchdog_unlock(&o->control);
}

static void set_error(Output *o, const char *text) {
    static const int delays[] = {1, 2, 5, 10}; // seconds
    say(o, o->state.trouble, sizeof o->state.trouble, text);
    o->retry = g_get_monotonic_time() + delays[o->failures] * G_USEC_PER_SEC;
    if (o->failures + 1 < (int)G_N_ELEMENTS(delays)) o->failures++;
}

// The data of a device's callback.
typedef struct DeviceClient {
    Driver *driver; // borrowed
    uint32_t number;
} DeviceClient;

static void play(void *data, float *out, int frames, int rate, bool underrun,
                 const DeviceWire *wire) {
    const DeviceClient *c = data;
    driver_render(c->driver, c->number, out, frames, rate, underrun, wire);
}

// Waits until every key that was sent as MIDI is released, before no one sends any
// more. Does not wait for a device that makes no calls.
static void hush(Output *o) {
    if (!o->device->wired) return;
    engine_shut_wire(o->engine, WIRE_NO_DEVICE, true);
    for (int i = 0;
         i < HUSH_LOOKS && driver_is_device(&o->driver) &&
         !engine_wire_has(o->engine, WIRE_RELAYED) &&
         o->device->system->alive(o->device) && !engine_wire_is_quiet(o->engine);
         i++)
        g_usleep(HUSH / HUSH_LOOKS);
}

// Here and below, false means that the thread was abandoned.
static bool close_device(Output *o) {
    if (!o->device) return true;
    void *client = o->device->data;
    hush(o);
    driver_revoke(&o->driver);
    say(o, o->state.device, sizeof o->state.device, NULL);
    begin_blocking(o);
    o->device->system->close(o->device);
    if (!end_blocking(o)) return false;
    o->device = NULL;
    g_free(client);
    return true;
}

static bool list_devices(Output *o) {
    GPtrArray *names = g_ptr_array_new();
    begin_blocking(o);
    device_jack.list(names);
    device_portaudio.list(names);
    if (!end_blocking(o)) return false;
    g_ptr_array_add(names, NULL);
    watchdog_lock(&o->control);
    g_strfreev(o->devices);
    o->devices = (char **)g_ptr_array_free(names, FALSE);
    watchdog_unlock(&o->control);
    return true;
}

static bool open_wished(Output *o, GError **error) {
    const char *name = o->now.device;
    if (g_str_has_prefix(name, "JACK: ") || !*name)
        if (device_jack.open(&o->device, name, o->now.frames, *name ? error : NULL))
            return true;
    return !g_str_has_prefix(name, "JACK: ") &&
           device_portaudio.open(&o->device, name, o->now.frames, error);
}

static bool start(Output *o, GError **error) {
    DeviceClient *c = g_new(DeviceClient, 1);
    *c = (DeviceClient){&o->driver, ++o->devices_started};
    driver_allow(&o->driver, c->number);
    engine_shut_wire(o->engine, WIRE_NO_DEVICE, !o->device->wired);
    o->started = g_get_monotonic_time();
    return o->device->system->start(o->device, play, c, error);
}

static bool open_device(Output *o) {
    g_autoptr(GError) error = NULL;
    if (!list_devices(o)) return false;
    begin_blocking(o);
    bool opened = open_wished(o, &error);
    if (!end_blocking(o)) return false;
    if (opened) {
        loader_wish(&o->loader, o->now.soundfont, o->device->rate);
        begin_blocking(o);
        opened = start(o, &error);
        if (!end_blocking(o)) return false;
    }
    if (!opened) {
        set_error(o, error->message);
        return close_device(o);
    }
    watchdog_lock(&o->control);
    g_strlcpy(o->state.device, o->device->name, sizeof o->state.device);
    o->state.frames = o->device->frames;
    o->state.latency = o->device->latency;
    watchdog_unlock(&o->control);
    return true;
}

static bool give_up_device(Output *o, const char *what) {
    g_autofree char *text = g_strdup_printf("%s %s", o->device->name, what);
    set_error(o, text);
    return close_device(o);
}

// Gives the device up if it has stopped or never began to play.
static bool look_after_device(Output *o) {
    bool plays = driver_is_device(&o->driver);
    if (!driver_allows(&o->driver) || !o->device->system->alive(o->device))
        return give_up_device(o, "has stopped playing");
    if (!plays && g_get_monotonic_time() - o->started > STUCK)
        return give_up_device(o, "was opened, but does not play");
    if (plays && o->failures) {
        say(o, o->state.trouble, sizeof o->state.trouble, NULL);
        o->failures = 0;
    }
    return true;
}

static void clear_wish(Wish *w) {
    g_free(w->device);
    g_free(w->soundfont);
    *w = (Wish){0};
}

static Wish copy_wish(const Wish *w) {
    return (Wish){g_strdup(w->device), g_strdup(w->soundfont), w->frames};
}

static Wish read_wish(Output *o) {
    watchdog_lock(&o->control);
    Wish wish = copy_wish(&o->wish);
    watchdog_unlock(&o->control);
    return wish;
}

static bool follow(Output *o, const Wish *wish) {
    bool other_font = g_strcmp0(wish->soundfont, o->now.soundfont) != 0;
    bool other_device = g_strcmp0(wish->device, o->now.device) != 0 ||
                        wish->frames != o->now.frames;
    clear_wish(&o->now);
    o->now = copy_wish(wish);
    if (other_font && o->device)
        loader_wish(&o->loader, wish->soundfont, o->device->rate);
    if (!other_device) return true;
    o->failures = 0;
    o->retry = 0;
    say(o, o->state.trouble, sizeof o->state.trouble, NULL);
    if (!close_device(o)) return false;
    return strcmp(wish->device, OUTPUT_NO_DEVICE) != 0 || list_devices(o);
}

static bool poll_device(Output *o) {
    synth_close(engine_take_synth(o->engine));
    if (o->device && !look_after_device(o)) return false;
    if (o->device || strcmp(o->now.device, OUTPUT_NO_DEVICE) == 0) return true;
    return g_get_monotonic_time() < o->retry || open_device(o);
}

static void *run_control(void *data) {
    Output *o = data;
    bool abandoned = false;
    do {
        Wish wish = read_wish(o);
        abandoned = !follow(o, &wish) || !poll_device(o);
        clear_wish(&wish);
    } while (!abandoned && watchdog_await(&o->control, POLL));
    if (abandoned || !close_device(o)) return NULL; // and frees nothing of `o`
    synth_close(engine_take_synth(o->engine));
    watchdog_finish(&o->control);
    return NULL;
}

// ---- called by the main thread

static Wish take_wish(const OutputWish *w) {
    return (Wish){g_strdup(w->device ? w->device : ""), g_strdup(w->soundfont),
                  w->frames > 0 ? w->frames : OUTPUT_FRAMES};
}

Output *output_open(Engine *e, const OutputWish *wish) {
    Output *o = g_new0(Output, 1);
    o->engine = e;
    o->wish = take_wish(wish);
    driver_start(&o->driver, e);
    loader_start(&o->loader, e);
    watchdog_start(&o->control, run_control, o);
    return o;
}

void output_wish(Output *o, const OutputWish *wish) {
    watchdog_lock(&o->control);
    clear_wish(&o->wish);
    o->wish = take_wish(wish);
    watchdog_unlock_and_wake(&o->control);
}

OutputState output_state(Output *o) {
    int64_t entered = atomic_load(&o->entered);
    watchdog_lock(&o->control);
    OutputState s = o->state;
    bool off = strcmp(o->wish.device, OUTPUT_NO_DEVICE) == 0;
    watchdog_unlock(&o->control);
    LoaderState loader = loader_state(&o->loader);
    g_strlcpy(s.soundfont, loader.soundfont, sizeof s.soundfont);
    g_strlcpy(s.soundfont_trouble, loader.trouble, sizeof s.soundfont_trouble);
    s.soundfont_loads = loader.busy;
    bool playing = driver_is_device(&o->driver) && *s.device;
    bool stuck = entered && g_get_monotonic_time() - entered > STUCK;
    s.rate = atomic_load(&o->driver.rate);
    s.phase = playing      ? OUTPUT_PLAYING
              : stuck      ? OUTPUT_STUCK
              : off        ? OUTPUT_OFF
              : *s.trouble ? OUTPUT_SILENT
                           : OUTPUT_OPENING;
    if (playing) {
        *s.trouble = '\0';
        return s;
    }
    *s.device = '\0';
    s.frames = DRIVER_BLOCK;
    s.latency = 0;
    if (stuck)
        g_strlcpy(s.trouble, "the sound system does not answer", sizeof s.trouble);
    return s;
}

char **output_devices(Output *o) {
    watchdog_lock(&o->control);
    char **devices = g_strdupv(o->devices);
    watchdog_unlock(&o->control);
    return devices;
}

bool output_close(Output *o) {
    if (!o) return true;
    int64_t limit = g_get_monotonic_time() + PATIENCE;
    bool ended = watchdog_end(&o->control, PATIENCE);
    ended &= loader_end(&o->loader, MAX(0, limit - g_get_monotonic_time()));
    if (!driver_stop(&o->driver) || !ended) return false;
    clear_wish(&o->wish);
    clear_wish(&o->now);
    g_strfreev(o->devices);
    g_free(o);
    return true;
}
