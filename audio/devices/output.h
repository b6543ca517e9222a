// The engine's way to the ears: a sound device if there is one, a silent clock if not.
//
// A missing, stuck, dying or unplugged device is a normal state: a clock thread then
// drives the engine, so that the music and the screen go on, and the control thread
// tries again, after 1, 2, 5, then every 10 seconds, until sound comes back. No call
// here waits for a device: a sound library that hangs, hangs the control thread alone.
//
//   main --- wishes ---> control thread: lists, opens, closes devices
//   main <-- state ----/
//   device's thread --\  one of them at a time
//   clock thread ------> engine_render()
//
// The soundfont is loaded at the device's rate, while that plays already
// (audio/devices/loader.h).
#ifndef AUDIO_DEVICES_OUTPUT_H
#define AUDIO_DEVICES_OUTPUT_H

#include "audio/engine.h"

typedef struct Output Output;

#define OUTPUT_NO_DEVICE "none" // a wish: the clock only
#define OUTPUT_FRAMES    512    // a callback, unless wished otherwise

typedef struct OutputWish {
    const char *device; // a name of output_devices(); NULL or "": the default, which is
                        // JACK's if a server runs, else PortAudio's
    const char *soundfont; // a path; NULL: none yet
    int frames; // a callback; 0: OUTPUT_FRAMES. JACK's server decides itself.
} OutputWish;

typedef enum OutputPhase {
    OUTPUT_OPENING, // nothing known yet
    OUTPUT_PLAYING,
    OUTPUT_SILENT, // the clock drives; `trouble` says why
    OUTPUT_STUCK,  // the same, and the sound system does not answer
    OUTPUT_OFF,    // the clock drives, as wished
} OutputPhase;

typedef struct OutputState {
    OutputPhase phase;
    char device[128];    // what plays, "ALSA: default"; else empty
    int rate, frames;    // of what drives the engine; frames 0: they vary
    double latency;      // seconds from the engine to the ears
    char trouble[256];   // one sentence, or empty
    char soundfont[256]; // what is loaded and plays; else empty
    char soundfont_trouble[256];
    bool soundfont_loads; // what is wished is not loaded yet
} OutputState;

// One thread (main) makes all these calls; each returns at once.

// Starts both threads. The engine must live until output_close() has returned true.
Output *output_open(Engine *e, const OutputWish *wish);
// Changes what is wished; what is the same goes on without a gap.
void output_wish(Output *o, const OutputWish *wish);
OutputState output_state(Output *o); // cheap: may be asked at every frame drawn
// The names of the devices when they were last looked at; g_strfreev. NULL: not yet.
char **output_devices(Output *o);
// Takes at most a second. False: the sound system hangs in a call of ours. Its thread
// is left behind with all that it may touch: do not free the engine, end with _exit().
bool output_close(Output *o);

#endif
