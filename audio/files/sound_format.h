// The kinds of sound file that can be written, chosen by a file's extension, and what
// each can hold.
//
//   .wav           16 or 24 bits a sample, or 32-bit float
//   .flac          16 or 24 bits, compressed without loss
//   .ogg .oga      Vorbis    these three compress with loss: such a file has no depth
//   .opus          Opus
//   .mp3           MP3
#ifndef AUDIO_FILES_SOUND_FORMAT_H
#define AUDIO_FILES_SOUND_FORMAT_H

#include <glib.h>
#include <stdbool.h>

typedef enum SoundKind {
    SOUND_WAV,
    SOUND_FLAC,
    SOUND_VORBIS,
    SOUND_OPUS,
    SOUND_MP3,
    SOUND_KINDS,
} SoundKind;

typedef struct SoundFormat { // of two channels
    SoundKind kind;
    int rate;  // frames per second
    int depth; // bits per sample: 16, 24, or 32, which is float; 0: lossy
} SoundFormat;

#define SOUND_USUAL G_MININT // a rate or depth: 44,100 (Opus: 48,000) and 16

// Chooses the format of a file by its name; "-" is a WAV stream. Fails if no kind has
// this extension, or if the kind cannot hold what is asked for; the message says what
// would work.
bool sound_format_choose(SoundFormat *ret, const char *path, int rate, int depth,
                         GError **error);

// Return a kind's extension, ".wav", and its name, "WAV".
const char *sound_format_ending(SoundKind kind);
const char *sound_format_name(SoundKind kind);

#define SOUND_ERROR sound_error_quark()
GQuark sound_error_quark(void);

#endif
