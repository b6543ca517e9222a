// Wakes the window when a key goes down or up, so that it is shown at once, and when a
// controller is moved. Nothing reports what a MIDI keyboard does, so a thread polls.
#ifndef APP_DESKTOP_PLAYING_KEY_WATCH_H
#define APP_DESKTOP_PLAYING_KEY_WATCH_H

#include "audio/engine.h"
#include "audio/ports/midi_input.h"
#include "thread/wake.h"

typedef struct KeyWatch KeyWatch;

// The engine and the MIDI input are borrowed. `wake` is called on the thread; it must
// not block.
KeyWatch *key_watch_new(const Engine *e, const MidiInput *midi, Wake wake);
void key_watch_free(KeyWatch *w); // `wake` is not called afterwards

#endif
