// Keeps the MIDI systems of this machine open while they run. The input from keyboards
// (midi_input.h) and the output (midi_output.h) each have one of these, used by one
// thread.
#ifndef AUDIO_PORTS_MIDI_SYSTEMS_H
#define AUDIO_PORTS_MIDI_SYSTEMS_H

#include "audio/ports/midi_ports.h"

enum { MIDI_ALSA, MIDI_JACK, MIDI_SYSTEMS };

extern const MidiSystem *const midi_systems[MIDI_SYSTEMS];

typedef struct MidiSystems {        // zeroed: none is open
    MidiPorts *ports[MIDI_SYSTEMS]; // owned; NULL: it does not run
    int64_t retry[MIDI_SYSTEMS];    // when to try it again, in g_get_monotonic_time()
} MidiSystems;

// Closes the systems that have ended, after calling gone() for each, and opens those
// that run now, as clients of this name. A missing system is tried again every 3
// seconds.
void midi_systems_look(MidiSystems *s, const char *name,
                       void (*gone)(void *data, int system), void *data);
void midi_systems_close(MidiSystems *s);

#endif
