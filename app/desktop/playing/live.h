// What is played by hand: the keys of the window, which go to the engine from here, and
// those of MIDI keyboards, which have come there already. All of it is kept for a
// while, to be continued. The main thread's.
//
// Each call that gives a LiveEvent gives what was just played, once.
#ifndef APP_DESKTOP_PLAYING_LIVE_H
#define APP_DESKTOP_PLAYING_LIVE_H

#include "app/document/document.h"
#include "audio/capture.h"
#include "audio/devices/midi_input.h"
#include "audio/engine.h"
#include "ui/view.h"

typedef struct Live {
    Engine *engine; // borrowed
    Capture capture;
    Performance phrase; // owned; what was played last, for the View
    bool hands[128];    // keys of the window that are down
} Live;

void live_open(Live *l, Engine *e);
void live_close(Live *l);

// A key of the window; velocity 0: up. False: it was up already.
bool live_key(Live *l, int pitch, int velocity, LiveEvent *ret);
bool live_read(Live *l, MidiInput *midi, LiveEvent *ret); // false: nothing more
// Lets go of one of the window's keys. False: none is down.
bool live_release(Live *l, LiveEvent *ret);

// The newest phrase of what was played, beginning at 0. False: there is none.
bool live_phrase(const Live *l, Performance *ret);
// Adds a phrase to the document, as a take on the root's start. Its number, or -1.
int live_add_phrase(const Performance *phrase, Document *d, GError **error);

// The phrase as the View shows it, or NULL; valid until the next call.
const Performance *live_shown(Live *l);
// Keys and pedal as they are. What nobody holds by hand is held by `playback`.
void live_show(const Live *l, NoteSource playback, View *ret);

#endif
