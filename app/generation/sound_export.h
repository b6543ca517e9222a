// A performance to a sound file: what `render`, `continue --audio` and the window's
// export share. The file is replaced as a whole, at the end; errors name it.
#ifndef APP_GENERATION_SOUND_EXPORT_H
#define APP_GENERATION_SOUND_EXPORT_H

#include "audio/render.h"

// How loud it becomes. Sound that is louder than a file can hold is clipped, which
// crackles; an octave struck with all force can be, and a loud SoundFont's chords.
typedef struct Loudness {
    double gain;    // decibels, as all here: +6 is twice as loud a sample, -6 half
    bool normalize; // to LOUDNESS_NORMAL instead, whatever it is
} Loudness;

// Of the loudest sample, below what a file can hold: an encoder that follows needs a
// little room. Normalized sound is played twice, first to measure it.
#define LOUDNESS_NORMAL (-1.0)

typedef struct SoundExport {
    const char *path;      // "-": standard output; borrowed
    const char *soundfont; // borrowed
    SoundFormat format;
    float reverb; // 0-1
    Loudness loudness;
    bool whole; // if it is stopped, it leaves no file, not a shorter one
} SoundExport;

typedef struct SoundExported {
    bool written;     // false: it was stopped, and left no file
    double gain;      // that it was given
    double peak;      // of the loudest sample, the gain included; -inf: silence
    uint64_t clipped; // samples
} SoundExported;

// `progress` may be NULL; false from it stops the export, which is no error. What is
// stopped while it is measured leaves no file.
bool sound_export(const SoundExport *x, const Performance *p, RenderProgress progress,
                  void *data, SoundExported *ret, GError **error);

#endif
