#include "audio/ports/midi_systems.h"

#define RETRY (3 * G_USEC_PER_SEC)

const MidiSystem *const midi_systems[MIDI_SYSTEMS] = {&midi_ports_alsa,
                                                      &midi_ports_jack};

void midi_systems_look(MidiSystems *s, const char *name,
                       void (*gone)(void *data, int system), void *data) {
    int64_t now = g_get_monotonic_time();
    for (int i = 0; i < MIDI_SYSTEMS; i++) {
        if (s->ports[i] && !midi_systems[i]->alive(s->ports[i])) {
            gone(data, i);
            midi_systems[i]->close(s->ports[i]);
            s->ports[i] = NULL;
            s->retry[i] = now;
        }
        if (s->ports[i] || now < s->retry[i]) continue;
        s->ports[i] = midi_systems[i]->open(name);
        s->retry[i] = now + RETRY;
    }
}

void midi_systems_close(MidiSystems *s) {
    for (int i = 0; i < MIDI_SYSTEMS; i++)
        if (s->ports[i]) midi_systems[i]->close(s->ports[i]);
}
