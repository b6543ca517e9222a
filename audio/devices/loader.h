// Loads soundfonts for the engine's piano, on a thread of its own: a large one takes a
// second or more, in which sound and devices go on.
//
// While nothing is loaded for a rate, a light soundfont plays until the wished one is
// there (soundfont_stand_in()); that then takes over between two notes, as any later
// one does (engine_give_synth()). One that is gone, or breaks off, leaves what plays,
// and says so.
#ifndef AUDIO_DEVICES_LOADER_H
#define AUDIO_DEVICES_LOADER_H

#include "audio/devices/watchdog.h"
#include "audio/engine.h"

typedef struct LoaderState {
    char soundfont[256]; // what plays; else empty
    char trouble[256];   // one sentence, or empty
    bool busy;           // not done with what was wished
} LoaderState;

typedef struct Loader {
    Engine *engine; // borrowed
    Watchdog watchdog;

    // Under its lock.
    char *path; // owned; what is wished, NULL: none
    int rate;   // 0: not known yet, nothing is loaded
    LoaderState state;

    int loaded_rate; // the thread's own: of what it gave the engine; 0: nothing
} Loader;

// One thread's at a time; all but the last return at once.
void loader_start(Loader *l, Engine *e);
// Loads it for a device of that rate, again if that failed before.
void loader_wish(Loader *l, const char *path, int rate);
LoaderState loader_state(Loader *l);
// Waits for so many microseconds. False: it still loads, and is left behind with all
// that it may touch, as in output_close().
bool loader_end(Loader *l, int64_t patience);

#endif
