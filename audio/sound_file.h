// A sound file of two channels that is being written, by libsndfile; the only door to
// that library. What cannot seek, such as a pipe, gets WAV by audio/wav_stream.h.
//
// The caller opens and closes the FILE, and puts its name before the errors, which are
// sentences without it. The same samples give the same bytes, but for Vorbis and Opus,
// whose streams have a random number.
#ifndef AUDIO_SOUND_FILE_H
#define AUDIO_SOUND_FILE_H

#include "audio/quantize.h"
#include "audio/sound_format.h"

#include <stdio.h>

enum { SOUND_CHANNELS = 2 };

// Of a WAV file's samples: "RIFF" counts them and what stands around them in 32 bits.
#define SOUND_WAV_MOST 4294967200u

typedef struct SoundFile {
    FILE *file; // borrowed; NULL: the samples are measured, and written nowhere
    SoundFormat format;
    Quantize quantize; // its gain may be set after sound_file_begin()
    uint64_t bytes;    // of samples, before they were compressed
    void *library;     // owned; libsndfile's; NULL: a stream, or none
    int64_t start;     // of the sound in the file
    int code;          // errno of the first write that failed; 0: none did
} SoundFile;

bool sound_file_begin(SoundFile *s, FILE *file, SoundFormat format, GError **error);
// samples: (frames, 2); what with the gain lies beyond -1..1 is clipped, but in float.
// Fails, with nothing of them written, where a WAV file would grow beyond its most.
bool sound_file_write(SoundFile *s, const float *samples, int frames, GError **error);
// Writes what is left. True: all of it went well.
bool sound_file_end(SoundFile *s, GError **error);
// Frees what a failure, or a success, left; accepts a zeroed struct.
void sound_file_clear(SoundFile *s);

#endif
