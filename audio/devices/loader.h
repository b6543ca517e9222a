// Loads SoundFonts for the engine's piano on a separate thread, since a large one takes
// a second or more.
//
// While nothing is loaded for a rate, a small SoundFont plays until the chosen one is
// loaded (soundfont_stand_in()). The chosen one then takes over between two notes, as
// every later one does (engine_give_synth()). If a SoundFont is missing or damaged, or
// vanishes while it is loaded, the current one keeps playing, and `trouble` says why.
#ifndef AUDIO_DEVICES_LOADER_H
#define AUDIO_DEVICES_LOADER_H

#include "audio/devices/watchdog.h"
#include "audio/engine.h"

typedef struct LoaderState {
    char soundfont[256]; // the SoundFont that plays, or empty
    char trouble[256];   // a sentence, or empty
    bool busy;           // the chosen one is not loaded yet
} LoaderState;

typedef struct Loader {
    Engine *engine; // borrowed
    Watchdog watchdog;

    // Protected by the watchdog's lock.
    char *path; // owned; the chosen SoundFont; NULL: none
    int rate;   // 0: not known yet, so nothing is loaded
    LoaderState state;

    // Used by the thread only: the rate of the Synth that it gave the engine; 0: none.
    int loaded_rate;
} Loader;

// One thread at a time may call these. All but the last return at once.
void loader_start(Loader *l, Engine *e);
// Asks for a SoundFont at the rate of a device. Tries again if loading it failed
// before.
void loader_wish(Loader *l, const char *path, int rate);
LoaderState loader_state(Loader *l);
// Waits for the thread, at most `patience` microseconds. Returns false if it still
// loads: then it is abandoned, together with everything it may touch, as in
// output_close().
bool loader_end(Loader *l, int64_t patience);

#endif
