// A thread that looks for MIDI ports, and its data shared with the main thread: the
// chosen port and the names of the existing ones. There are two: one for the keyboards
// (midi_input.h) and one for the output (midi_output.h).
#ifndef AUDIO_PORTS_MIDI_WATCH_H
#define AUDIO_PORTS_MIDI_WATCH_H

#include "audio/devices/watchdog.h"

typedef struct MidiWatch {
    Watchdog watchdog;
    void (*look)(void *data, const char *wish);
    void (*leave)(void *data);
    void *data; // borrowed

    // Protected by the watchdog's lock.
    char *wish;   // owned
    char **names; // owned; NULL: not known yet
} MidiWatch;

// For the main thread. The new thread calls look() twice a second, and at once when
// another port is chosen. At the end it calls leave(), unless it was abandoned.
void midi_watch_start(MidiWatch *w, const char *wish,
                      void (*look)(void *data, const char *wish),
                      void (*leave)(void *data), void *data);
void midi_watch_wish(MidiWatch *w, const char *wish);
char **midi_watch_ports(MidiWatch *w); // a copy, by g_strdupv()
// Takes at most a second. Returns false if the thread hangs: it is abandoned, and
// everything that it may use must not be freed.
bool midi_watch_end(MidiWatch *w);

#endif
