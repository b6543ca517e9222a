// Keys that sound or stop sounding are to be shown at once, and those of a MIDI
// keyboard come without a word: a thread looks at what is held and calls `wake`.
#ifndef APP_DESKTOP_PLAYING_KEY_WATCH_H
#define APP_DESKTOP_PLAYING_KEY_WATCH_H

#include "audio/engine.h"

typedef struct KeyWatch KeyWatch;

// The engine is borrowed. `wake` is called on the thread; it must not block.
KeyWatch *key_watch_new(const Engine *e, void (*wake)(void *data), void *data);
void key_watch_free(KeyWatch *w); // no call comes after that

#endif
