// A thread that looks for MIDI ports, and what it shares with the main thread: the port
// that is wished, and the names of those that are there. There are two: one for the
// keyboards (midi_input.h), one for where MIDI goes (midi_output.h).
#ifndef AUDIO_DEVICES_MIDI_WATCH_H
#define AUDIO_DEVICES_MIDI_WATCH_H

#include "audio/devices/watchdog.h"

typedef struct MidiWatch {
    Watchdog watchdog;
    void (*look)(void *data, const char *wish);
    void (*leave)(void *data);
    void *data; // borrowed

    // Under the watchdog's lock.
    char *wish;   // owned
    char **names; // owned; NULL: not yet
} MidiWatch;

// The main thread's. The thread calls look() twice a second, and at once when another
// port is wished; and leave() at the end, unless it is abandoned.
void midi_watch_start(MidiWatch *w, const char *wish,
                      void (*look)(void *data, const char *wish),
                      void (*leave)(void *data), void *data);
void midi_watch_wish(MidiWatch *w, const char *wish);
char **midi_watch_ports(MidiWatch *w); // a copy, by g_strdupv()
// Takes at most a second. False: it is abandoned, and all that it may touch left to it.
bool midi_watch_end(MidiWatch *w);

#endif
