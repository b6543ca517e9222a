// A piano played by FluidSynth; the only door to that library.
//
// One thread at a time: FluidSynth's own locks are off (synth.threadsafe-api = 0), and
// so is its chorus. Its reverb is a room that the piano may stand in; FluidSynth
// renders it by OpenMP, which would allocate at every block, so for one thread synth.c
// has that done by a plain call.
#ifndef AUDIO_SYNTH_H
#define AUDIO_SYNTH_H

#include "midi/performance.h"

typedef struct Synth Synth;

// The block that FluidSynth renders in: events cannot be placed finer, in frames.
#define SYNTH_BLOCK 64

// Loads `soundfont` and selects its first piano. `rate` is frames a second, 8000-96000.
// Allocates and takes its time. Closing accepts NULL.
bool synth_open(Synth **ret, const char *soundfont, int rate, GError **error);
void synth_close(Synth *s);
int synth_rate(const Synth *s);

void synth_note_on(Synth *s, int pitch, int velocity); // RT safe.
void synth_note_off(Synth *s, int pitch);              // RT safe.
// RT safe. 0-127. The soft pedal, which FluidSynth does not know, takes up to 3 dB of
// the strokes that follow, and of their brightness.
void synth_pedal(Synth *s, Pedal pedal, int value);
void synth_all_off(Synth *s); // RT safe. Pedals up, every key up, silence at once.

// How much of a room is heard, 0-1; 0, as after synth_open(): none. RT safe.
void synth_set_reverb(Synth *s, float amount);
#define SYNTH_REVERB 0.3f // a hall of 1.5 s, some 18 dB below the strings

// Adds nothing: writes `frames` frames to left and right, -1..1. RT safe.
void synth_render(Synth *s, float *left, float *right, int frames);

// How many voices still sound. RT safe.
int synth_voices(const Synth *s);
bool synth_is_silent(const Synth *s); // Nor does the room ring on. RT safe.

#define SYNTH_ERROR synth_error_quark()
GQuark synth_error_quark(void);

#endif
