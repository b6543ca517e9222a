// Which keys of the one piano are down, and which sources hold them.
//
// A key is down while any source holds it: what PLAYBACK lets go keeps sounding under
// a hand, and the other way round. A source holds a key at most once; striking it again
// is a new stroke, which one release ends. A pedal is as deep as the source that
// presses it deepest has it.
//
// One thread changes it. Others may ask keys_held() at any time.
#ifndef AUDIO_KEYS_H
#define AUDIO_KEYS_H

#include "audio/event.h"

#include <stdatomic.h>
#include <stdbool.h>

enum { PITCHES = 128 };

typedef struct Keys {               // zeroed: all up
    _Atomic uint8_t held[PITCHES];  // a bit (1 << source) a source
    uint8_t pedal[PEDALS][SOURCES]; // 0-127
} Keys;

// All RT safe.
void keys_press(Keys *k, AudioSource source, int pitch);
// True: the key comes up, for nobody else holds it. False too if the source did not.
bool keys_release(Keys *k, AudioSource source, int pitch);
// The sources that hold a key, a bit (1 << source) each; 0: it is up.
int keys_held(const Keys *k, int pitch);
bool keys_any(const Keys *k); // is any key down?

void keys_set_pedal(Keys *k, AudioSource source, Pedal pedal, int value);
int keys_pedal(const Keys *k, Pedal pedal); // as deep as it is, 0-127

#endif
