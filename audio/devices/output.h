// Plays the engine on a sound device, or on a silent clock if there is none.
//
// A missing, stuck, failing or unplugged device is a normal state. A clock thread then
// drives the engine, so that the music and the screen continue. The control thread
// tries again after 1, 2 and 5 seconds, then every 10 seconds, until there is sound. No
// call here waits for a device; a sound library that hangs blocks only the control
// thread.
//
//   main --- wishes ---> control thread: lists, opens, closes devices
//   main <-- state ----/
//   device's thread --\  one of them at a time
//   clock thread ------> engine_render()
//
// The SoundFont is loaded for the device's rate while the device already plays
// (audio/devices/loader.h).
#ifndef AUDIO_DEVICES_OUTPUT_H
#define AUDIO_DEVICES_OUTPUT_H

#include "audio/engine.h"

typedef struct Output Output;

#define OUTPUT_NO_DEVICE "none" // a wish: no device, only the clock
#define OUTPUT_FRAMES    512    // per callback, by default

typedef struct OutputWish {
    const char *device; // a name from output_devices(); NULL or "": the default, which
                        // is JACK's if a server runs, else PortAudio's
    const char *soundfont; // a path; NULL: none yet
    int frames; // per callback; 0: OUTPUT_FRAMES. A JACK server decides by itself.
} OutputWish;

typedef enum OutputPhase {
    OUTPUT_OPENING, // nothing is known yet
    OUTPUT_PLAYING,
    OUTPUT_SILENT, // the clock drives; `trouble` says why
    OUTPUT_STUCK,  // the clock drives; the sound system does not answer
    OUTPUT_OFF,    // the clock drives, as the wish says
} OutputPhase;

typedef struct OutputState {
    OutputPhase phase;
    char device[128];    // the device that plays, such as "ALSA: default", or empty
    int rate, frames;    // of the device or the clock; frames 0: their number varies
    double latency;      // seconds from rendering until it is heard
    char trouble[256];   // one sentence, or empty
    char soundfont[256]; // the SoundFont that plays, or empty
    char soundfont_trouble[256];
    bool soundfont_loads; // the wished SoundFont is not loaded yet
} OutputState;

// One thread (main) calls these functions; each returns at once.

// Starts both threads. The engine must live until output_close() has returned true.
Output *output_open(Engine *e, const OutputWish *wish);
// Changes the wish. What stays the same continues without a gap.
void output_wish(Output *o, const OutputWish *wish);
OutputState output_state(Output *o); // cheap enough for every frame drawn
// Returns the names of the devices that were found last, to be freed with g_strfreev;
// NULL before the first search.
char **output_devices(Output *o);
// Takes at most a second. Returns false if the sound system hangs in a call. The
// control thread is then abandoned with everything it may touch: do not free the
// engine, and end with _exit().
bool output_close(Output *o);

#endif
