// The keys of the piano that are down, and the sources that hold them.
//
// A key is down while any source holds it: if PLAYBACK releases a key that a hand
// holds, it keeps sounding, and the other way round. A source holds a key at most once:
// it may strike it again, and one release ends both strokes. A pedal has the deepest
// position of any source.
//
// One thread changes the keys. Any thread may call keys_held() at any time.
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
// Returns true if the key comes up: this source held it and no other does.
bool keys_release(Keys *k, AudioSource source, int pitch);
// Returns the sources that hold a key, a bit (1 << source) each; 0: it is up.
int keys_held(const Keys *k, int pitch);
bool keys_any(const Keys *k); // whether any key is down

void keys_set_pedal(Keys *k, AudioSource source, Pedal pedal, int value);
int keys_pedal(const Keys *k, Pedal pedal); // as deep as it is, 0-127

#endif
