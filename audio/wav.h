// RIFF WAVE, PCM, little-endian: 16 or 24 bits a sample, interleaved.
//
//   0 "RIFF" size "WAVE"   12 "fmt " 16 format=1 channels rate byte-rate align bits
//  36 "data" size          44 samples
//
// The sizes are written at the end; a stream that cannot seek keeps 0xFFFFFFFF there,
// which players take for "until the end". The caller opens and closes the FILE, and
// puts its name before the errors, which are sentences without it.
#ifndef AUDIO_WAV_H
#define AUDIO_WAV_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// Of samples: "RIFF" counts them, the 36 bytes before and a pad byte in 32 bits.
#define WAV_MAX_BYTES 4294967258u

typedef struct Wav {
    FILE *file; // borrowed; NULL: the samples are measured, and written nowhere
    float gain; // each sample is multiplied by it; 1, unless set after wav_begin()
    int rate, channels, bits;
    uint64_t bytes;   // of samples written
    uint64_t clipped; // samples beyond -1..1
    float peak;       // the loudest sample, before it is clipped
    int64_t start;    // of the header in the file; -1: it cannot seek
    uint32_t random;  // the dither's state
} Wav;

bool wav_begin(Wav *w, FILE *file, int rate, int channels, int bits, GError **error);
// samples: (frames, channels); what with the gain lies beyond -1..1 is clipped. 16-bit
// samples are dithered (triangular, of one step to either side, from a fixed seed: the
// same file every time) unless they are 0: silence stays silent. Fails, with nothing of
// them written, if the file would have more than WAV_MAX_BYTES of samples.
bool wav_write(Wav *w, const float *samples, int frames, GError **error);
bool wav_end(Wav *w, GError **error);

#define WAV_ERROR wav_error_quark()
GQuark wav_error_quark(void);

#endif
