// A performance to a WAVE file, with a progress line: what `render` and `continue
// --wav` share.
#ifndef APP_RECORDING_H
#define APP_RECORDING_H

#include "midi/performance.h"

typedef struct Recording {
    const char *path;      // "-": standard output; borrowed
    const char *soundfont; // borrowed
    int rate, bits;        // frames a second; 16 or 24
} Recording;

// Ctrl-C ends the recording early, a second one if the first came before it; what there
// is of it is kept.
bool recording_write(const Recording *r, const Performance *p, GError **error);

#endif
