// The MIDI systems of this machine, kept open while they are there: what listens to
// keyboards (midi_input.h) and what sends (midi_output.h) each have them. One thread's.
#ifndef AUDIO_PORTS_MIDI_SYSTEMS_H
#define AUDIO_PORTS_MIDI_SYSTEMS_H

#include "audio/ports/midi_ports.h"

enum { MIDI_ALSA, MIDI_JACK, MIDI_SYSTEMS };

extern const MidiSystem *const midi_systems[MIDI_SYSTEMS];

typedef struct MidiSystems {        // zeroed: none is open
    MidiPorts *ports[MIDI_SYSTEMS]; // owned; NULL: not there
    int64_t retry[MIDI_SYSTEMS];    // when it is tried again, of g_get_monotonic_time()
} MidiSystems;

// Closes those that have gone, each after gone() was told, and opens those that have
// come, as clients of this name. One that is missing is tried again every 3 seconds.
void midi_systems_look(MidiSystems *s, const char *name,
                       void (*gone)(void *data, int system), void *data);
void midi_systems_close(MidiSystems *s);

#endif
