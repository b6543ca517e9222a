// Renders a performance to a sound file, for `render`, `continue --audio` and the
// window's export. The file is replaced as a whole, at the end; errors name it.
#ifndef APP_SOUND_SOUND_EXPORT_H
#define APP_SOUND_SOUND_EXPORT_H

#include "audio/files/render.h"

// The loudness of the file. Sound that is louder than a file can hold is clipped, which
// crackles. A forceful octave can be too loud, and so can chords of a loud SoundFont.
typedef struct Loudness {
    double gain; // decibels, as are all levels here: +6 doubles the samples, -6 halves
                 // them
    bool normalize; // to LOUDNESS_NORMAL, instead of applying the gain
} Loudness;

// The loudest sample of normalized sound, relative to what a file can hold: a later
// encoder needs a little headroom. Normalized sound is rendered twice, first to measure
// it.
#define LOUDNESS_NORMAL (-1.0)

typedef struct SoundExport {
    const char *path;      // "-": standard output; borrowed
    const char *soundfont; // borrowed
    SoundFormat format;
    float reverb; // 0-1
    Loudness loudness;
    bool whole; // an export that is stopped leaves no file, instead of a shorter one
} SoundExport;

typedef struct SoundExported {
    bool written;     // false: the export was stopped and left no file
    double gain;      // the gain that was applied
    double peak;      // the loudest sample, after the gain; -inf: silence
    uint64_t clipped; // the number of clipped samples
} SoundExported;

// Writes the file. `progress` may be NULL; if it returns false the export stops, which
// is no error. An export that is stopped while it is measured leaves no file.
bool sound_export(const SoundExport *x, const Performance *p, RenderProgress progress,
                  void *data, SoundExported *ret, GError **error);

#endif
