#include "audio/ports/midi_watch.h"

#include <glib.h>

#define POLL     (500 * 1000) // between looks for ports; microseconds
#define PATIENCE (600 * 1000) // the longest wait at the end

static char *read_wish(MidiWatch *w) {
    watchdog_lock(&w->watchdog);
    char *wish = g_strdup(w->wish);
    watchdog_unlock(&w->watchdog);
    return wish;
}

static void *run(void *data) {
    MidiWatch *w = data;
    do {
        g_autofree char *wish = read_wish(w);
        w->look(w->data, wish);
        if (watchdog_is_abandoned(&w->watchdog)) return NULL; // and frees nothing
    } while (watchdog_await(&w->watchdog, POLL));
    w->leave(w->data);
    watchdog_finish(&w->watchdog);
    return NULL;
}

void midi_watch_start(MidiWatch *w, const char *wish,
                      void (*look)(void *data, const char *wish),
                      void (*leave)(void *data), void *data) {
    *w = (MidiWatch){.look = look, .leave = leave, .data = data};
    w->wish = g_strdup(wish);
    watchdog_start(&w->watchdog, run, w);
}

void midi_watch_wish(MidiWatch *w, const char *wish) {
    watchdog_lock(&w->watchdog);
    g_free(w->wish);
    w->wish = g_strdup(wish);
    watchdog_unlock_and_wake(&w->watchdog);
}

char **midi_watch_ports(MidiWatch *w) {
    watchdog_lock(&w->watchdog);
    char **names = g_strdupv(w->names);
    watchdog_unlock(&w->watchdog);
    return names;
}

bool midi_watch_end(MidiWatch *w) {
    if (!watchdog_end(&w->watchdog, PATIENCE)) return false;
    g_strfreev(w->names);
    g_free(w->wish);
    return true;
}
