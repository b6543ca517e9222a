// Wakes the window when a key goes down or up, so that it is shown at once. Nothing
// reports the keys of a MIDI keyboard, so a thread polls the engine.
#ifndef APP_DESKTOP_PLAYING_KEY_WATCH_H
#define APP_DESKTOP_PLAYING_KEY_WATCH_H

#include "audio/engine.h"

typedef struct KeyWatch KeyWatch;

// The engine is borrowed. `wake` is called on the thread; it must not block.
KeyWatch *key_watch_new(const Engine *e, void (*wake)(void *data), void *data);
void key_watch_free(KeyWatch *w); // `wake` is not called afterwards

#endif
