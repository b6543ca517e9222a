#include "app/desktop/playing/key_watch.h"

#include <glib.h>
#include <stdatomic.h>
#include <string.h>

#define WATCH 8000 // microseconds between two polls of the keys

struct KeyWatch {
    const Engine *engine;
    const MidiInput *midi;
    Wake wake;
    GThread *thread;
    atomic_bool quit;
};

static void *watch(void *data) {
    KeyWatch *w = data;
    int before[128] = {0};
    while (!atomic_load(&w->quit)) {
        bool changed = midi_input_control_waits(w->midi);
        for (int p = 0; p < 128; p++) {
            int held = engine_held(w->engine, p);
            changed |= held != before[p];
            before[p] = held;
        }
        if (changed) wake_up(w->wake);
        g_usleep(WATCH);
    }
    return NULL;
}

KeyWatch *key_watch_new(const Engine *e, const MidiInput *midi, Wake wake) {
    KeyWatch *w = g_new0(KeyWatch, 1);
    w->engine = e, w->midi = midi;
    w->wake = wake;
    w->thread = g_thread_new("keys", watch, w);
    return w;
}

void key_watch_free(KeyWatch *w) {
    atomic_store(&w->quit, true);
    g_thread_join(w->thread);
    g_free(w);
}
