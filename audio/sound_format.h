// The kinds of sound file that can be written, chosen by the ending of a file's name,
// and what each can hold.
//
//   .wav           16 or 24 bits a sample, or 32-bit float
//   .flac          16 or 24 bits, compressed without loss
//   .ogg .oga      Vorbis    these three compress with loss: such a file has no depth
//   .opus          Opus
//   .mp3           MP3
#ifndef AUDIO_SOUND_FORMAT_H
#define AUDIO_SOUND_FORMAT_H

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
    int rate;  // frames a second
    int depth; // bits a sample: 16, 24, or 32, which is float; 0: lossy
} SoundFormat;

#define SOUND_USUAL G_MININT // a rate or depth: 44,100 (Opus: 48,000) and 16

// What a file of this name is to hold. A name of "-" is a WAV stream. False: no kind
// has this ending, or this kind cannot hold that, with a sentence that says what would
// do.
bool sound_format_choose(SoundFormat *ret, const char *path, int rate, int depth,
                         GError **error);

// The ending of a kind's names, ".wav", and what people call it, "WAV".
const char *sound_format_ending(SoundKind kind);
const char *sound_format_name(SoundKind kind);

#define SOUND_ERROR sound_error_quark()
GQuark sound_error_quark(void);

#endif
