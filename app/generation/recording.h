// A performance to a WAVE file, with a progress line: what `render` and `continue
// --wav` share.
#ifndef APP_GENERATION_RECORDING_H
#define APP_GENERATION_RECORDING_H

#include "app/generation/wav_export.h"

typedef struct Recording {
    const char *path;      // "-": standard output; borrowed
    const char *soundfont; // borrowed
    int rate, bits;        // frames a second; 16 or 24
    Loudness loudness;
} Recording;

// The options that change it: --gain and --normalize.
#define RECORDING_GAIN                                                                 \
    "Amplify by DB decibels, attenuate below 0; +6 doubles the samples (default: 0)"
#define RECORDING_NORMALIZE "Scale the loudest sample to -1 dB"

// Returns 0, or the status to leave with after a sentence.
int recording_check(Loudness l);

// Ctrl-C ends the recording early, a second one if the first came before it; what there
// is of it is kept. Says what was clipped, and what would hold it.
bool recording_write(const Recording *r, const Performance *p, GError **error);

#endif
