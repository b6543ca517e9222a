#include "audio/devices/driver.h"

#include <string.h>

#define LOST      G_USEC_PER_SEC // without a call for so long, the clock takes over
#define TICK      (10 * 1000)    // between two looks of the clock; microseconds
#define POLL      (100 * 1000)   // the same while a device plays
#define CLOCK_LAG (250 * 1000)   // time that is further behind is skipped
#define UNEVEN    50000          // microseconds; a call further off restarts the count
#define DRAWN     0.05           // the share of its lateness that a call corrects
#define RATE      48000          // until a device reports its own

static bool may(const Driver *d, uint32_t number) {
    return atomic_load(&d->allowed) == number;
}

// Sends the messages that are due. Those that no one takes are dropped.
static void send(Driver *d, const DeviceWire *wire, int64_t at) {
    bool relayed = engine_wire_has(d->engine, WIRE_RELAYED);
    WireMessage m;
    while (engine_message(d->engine, &m) &&
           (relayed ? engine_hand_over(d->engine, &m, at)
                    : !wire || wire->send(wire->data, &m)))
        engine_drop_message(d->engine);
}

// Returns when the frames of this call are due. Calls come at irregular times, but the
// sound is regular. So each call begins where the last one ended, corrected a little
// towards the time at which it came.
static int64_t due_at(Driver *d, int64_t now, int frames, int rate) {
    double late = (double)now - d->next;
    double at = late > UNEVEN || late < -UNEVEN ? (double)now : d->next + DRAWN * late;
    d->next = at + frames * 1e6 / rate;
    return (int64_t)at;
}

static void render(Driver *d, float *out, int frames, int rate, int64_t now,
                   const DeviceWire *wire) {
    engine_render(d->engine, out, frames, rate);
    send(d, wire, due_at(d, now, frames, rate));
}

void driver_render(Driver *d, uint32_t number, float *out, int frames, int rate,
                   bool underrun, const DeviceWire *wire) {
    bool rendered = false;
    if (may(d, number) && !atomic_exchange(&d->busy, true)) {
        if (may(d, number)) { // asked again, since it may have been forbidden meanwhile
            int64_t now = g_get_monotonic_time();
            atomic_store(&d->called, now);
            atomic_store(&d->rate, rate);
            atomic_store(&d->last, number);
            if (underrun) engine_underrun(d->engine);
            render(d, out, frames, rate, now, wire);
            rendered = true;
        }
        atomic_store(&d->busy, false);
    }
    if (!rendered) memset(out, 0, 2 * (size_t)frames * sizeof *out);
}

// Returns whether a device drives the engine. A device that makes no more calls is
// given up here.
static bool device_drives(Driver *d, int64_t now) {
    if (!atomic_load(&d->last)) return false;
    if (driver_allows(d) && now - atomic_load(&d->called) < LOST) return true;
    atomic_store(&d->allowed, 0);
    atomic_store(&d->last, 0);
    return false;
}

static gpointer run_clock(gpointer data) {
    Driver *d = data;
    float out[2 * DRIVER_BLOCK];
    int64_t then = g_get_monotonic_time();
    while (!atomic_load(&d->over)) {
        g_usleep(atomic_load(&d->last) ? POLL : TICK);
        int64_t now = g_get_monotonic_time();
        if (device_drives(d, now) || now - then > CLOCK_LAG) then = now;
        int rate = atomic_load(&d->rate);
        int64_t lasts = DRIVER_BLOCK * G_USEC_PER_SEC / rate;
        for (; then + lasts <= now && !atomic_exchange(&d->busy, true); then += lasts) {
            if (!atomic_load(&d->last)) render(d, out, DRIVER_BLOCK, rate, now, NULL);
            atomic_store(&d->busy, false);
        }
    }
    return NULL;
}

void driver_start(Driver *d, Engine *e) {
    d->engine = e;
    atomic_init(&d->rate, RATE);
    d->clock = g_thread_new("audio-clock", run_clock, d);
}

bool driver_stop(Driver *d) {
    atomic_store(&d->over, true);
    driver_revoke(d);
    g_thread_join(d->clock);
    for (int i = 0; i < 10 && atomic_load(&d->busy); i++) g_usleep(TICK);
    return !atomic_load(&d->busy);
}

void driver_allow(Driver *d, uint32_t number) { atomic_store(&d->allowed, number); }
void driver_revoke(Driver *d) { atomic_store(&d->allowed, 0); }
bool driver_allows(const Driver *d) { return atomic_load(&d->allowed) != 0; }

bool driver_is_device(const Driver *d) {
    return atomic_load(&d->last) && driver_allows(d);
}
