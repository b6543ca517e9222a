// Writes RIFF WAVE to output that cannot seek, such as a pipe: the sizes in the header
// stay 0xFFFFFFFF, which players read as "until the end". libsndfile writes files
// (audio/files/sound_file.h).
//
//   0 "RIFF" size "WAVE"   12 "fmt " 16 format channels rate byte-rate align bits
//  36 "data" size          44 samples, little-endian; format 1: whole, 3: float
//
// All functions return false if writing failed; errno then says why.
#ifndef AUDIO_FILES_WAV_STREAM_H
#define AUDIO_FILES_WAV_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// `bits` per sample: 16, 24, or 32, which is float.
bool wav_stream_begin(FILE *file, int rate, int channels, int bits);
// Writes whole numbers, which are the highest `bits` of 32, as libsndfile takes them.
bool wav_stream_whole(FILE *file, const int32_t *samples, size_t count, int bits);
bool wav_stream_float(FILE *file, const float *samples, size_t count);

#endif
