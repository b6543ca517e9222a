// Writes a sound file of two channels by libsndfile; no other file uses that library.
// Output that cannot seek, such as a pipe, is WAV written by audio/files/wav_stream.h.
//
// The caller opens and closes the FILE, and adds its name to the errors. The same
// samples give the same bytes, except for Vorbis and Opus, whose streams contain a
// random number.
#ifndef AUDIO_FILES_SOUND_FILE_H
#define AUDIO_FILES_SOUND_FILE_H

#include "audio/files/quantize.h"
#include "audio/files/sound_format.h"

#include <stdio.h>

enum { SOUND_CHANNELS = 2 };

// The most bytes of samples in a WAV file: the size in its "RIFF" header has 32 bits.
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
// Writes samples, (frames, 2). Amplified samples beyond -1..1 are clipped, except in
// float files. Fails, without writing any of them, if a WAV file would become too
// large.
bool sound_file_write(SoundFile *s, const float *samples, int frames, GError **error);
// Writes the rest. Returns whether everything was written.
bool sound_file_end(SoundFile *s, GError **error);
// Frees everything, after success or failure; accepts a zeroed struct.
void sound_file_clear(SoundFile *s);

#endif
