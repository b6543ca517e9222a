// A performance to a WAVE file: what `render`, `continue --wav` and the window's export
// share. The file is replaced as a whole, at the end; errors name it.
#ifndef APP_WAV_EXPORT_H
#define APP_WAV_EXPORT_H

#include "audio/render.h"

typedef struct WavExport {
    const char *path;      // "-": standard output; borrowed
    const char *soundfont; // borrowed
    int rate, bits;        // frames a second; 16 or 24
    bool whole;            // if it is stopped, it leaves no file, not a shorter one
} WavExport;

typedef struct WavExported {
    bool written;     // false: it was stopped, and left no file
    uint64_t clipped; // samples
} WavExported;

// `progress` may be NULL; false from it stops the export, which is no error.
bool wav_export(const WavExport *x, const Performance *p, RenderProgress progress,
                void *data, WavExported *ret, GError **error);

#endif
