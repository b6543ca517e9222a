// A piano played by FluidSynth; except for MIDI input, no other file uses that library.
//
// Only one thread may use it at a time: FluidSynth's own locks are off
// (synth.threadsafe-api = 0), and so is its chorus. FluidSynth renders its reverb
// through OpenMP, which would allocate in every block, so synth.c replaces that call of
// OpenMP by a plain function call.
#ifndef AUDIO_SYNTH_H
#define AUDIO_SYNTH_H

#include "midi/performance.h"

typedef struct Synth Synth;

// The frames that FluidSynth renders at a time: events cannot be placed more finely.
#define SYNTH_BLOCK 64

// Loads `soundfont` and selects its first piano. `rate` is frames per second,
// 8000-96000. This allocates and may take seconds. A file that vanishes or is cut short
// meanwhile is an error. Closing accepts NULL.
bool synth_open(Synth **ret, const char *soundfont, int rate, GError **error);
void synth_close(Synth *s);
int synth_rate(const Synth *s);

void synth_note_on(Synth *s, int pitch, int velocity); // RT safe.
void synth_note_off(Synth *s, int pitch);              // RT safe.
// RT safe. `value`: 0-127. FluidSynth does not know the soft pedal; here it lowers the
// loudness of the following notes by up to 3 dB, and their brightness.
void synth_pedal(Synth *s, Pedal pedal, int value);
void synth_all_off(Synth *s); // RT safe. Releases the pedals and every key, and
                              // silences everything at once.

// Sets the amount of reverb, 0-1; after synth_open() it is 0. RT safe.
void synth_set_reverb(Synth *s, float amount);

// Writes (does not add) `frames` frames to left and right, -1..1. RT safe.
void synth_render(Synth *s, float *left, float *right, int frames);

// Returns how many voices still sound. RT safe.
int synth_voices(const Synth *s);
bool synth_is_silent(const Synth *s); // whether reverb has decayed too. RT safe.

#define SYNTH_ERROR synth_error_quark()
GQuark synth_error_quark(void);

#endif
