// Renders a performance to a sound file with a progress line, for `render` and
// `continue --audio`.
#ifndef APP_SOUND_RECORDING_H
#define APP_SOUND_RECORDING_H

#include "app/sound/sound_export.h"

// The options that these commands share, and their rows for a command's option table.
typedef struct RecordingWish {
    int rate, depth; // SOUND_USUAL if the option is missing
    double gain;
    gboolean normalize;
    double reverb; // percent
} RecordingWish;

#define RECORDING_USUAL                                                                \
    ((RecordingWish){SOUND_USUAL, SOUND_USUAL, 0, FALSE, RECORDING_REVERB})
#define RECORDING_REVERB 30

// clang-format off
#define RECORDING_OPTIONS(wish) \
    {"rate", 0, 0, G_OPTION_ARG_INT, &(wish)->rate, "Frames of sound per second, 8000 to 96000 (default: 44100; Opus: 48000)", "N"}, \
    {"depth", 0, 0, G_OPTION_ARG_INT, &(wish)->depth, "Bits per sample of WAV and FLAC: 16, 24, or for WAV 32, which is float (default: 16)", "N"}, \
    {"gain", 0, 0, G_OPTION_ARG_DOUBLE, &(wish)->gain, "Amplify the sound by DB decibels, attenuate below 0; +6 doubles the samples (default: 0)", "DB"}, \
    {"normalize", 0, 0, G_OPTION_ARG_NONE, &(wish)->normalize, "Scale the loudest sample to -1 dB", NULL}, \
    {"reverb", 0, 0, G_OPTION_ARG_DOUBLE, &(wish)->reverb, "How much of a room is heard, 0 to 100 percent (default: 30)", "PERCENT"}
// clang-format on

// Refuses these options, after a message, if `needed` was not given (options.h).
bool recording_lacks(const char *needed, bool given, const RecordingWish *w);

// Fills in the export of a file of this name, except for the SoundFont. Returns 0, or
// the exit status after a message.
int recording_plan(SoundExport *ret, const char *path, const RecordingWish *w);

// Writes the file. Ctrl-C ends it early (a second Ctrl-C, if the first came before it
// began); what was rendered until then is kept. Prints how much was clipped, and which
// gain would avoid that.
bool recording_write(const SoundExport *x, const Performance *p, GError **error);

#endif
