// The metronome's click: a sine that decays within a few hundredths of a second, higher
// on the first beat of a bar. A part of the piano; only the audio callback calls it.
//
//     x(t) = loudness * exp(-t / 12 ms) * sin(2 pi f t)      f: 1,000 Hz, or 1,600
#ifndef AUDIO_CLICK_H
#define AUDIO_CLICK_H

#include <stdbool.h>

typedef struct Click { // zeroed: silent
    float loudness;    // of the next frame
    float turn;        // of its sine, 0-1
    float frequency;   // Hz
} Click;

void click_strike(Click *c, bool first); // RT safe.
// RT safe. Adds `frames` frames of the click to both channels.
void click_add(Click *c, float *left, float *right, int frames, int rate);

#endif
