// Live playing: the keys of the window, which are sent to the engine from here, and
// those of MIDI keyboards, which the engine already has. The recent playing is stored,
// so that it can be continued. Used by the main thread only.
//
// Functions that return a LiveEvent return each new event once.
#ifndef APP_DESKTOP_PLAYING_LIVE_H
#define APP_DESKTOP_PLAYING_LIVE_H

#include "app/document/document.h"
#include "audio/capture.h"
#include "audio/engine.h"
#include "audio/ports/midi_input.h"
#include "ui/view.h"

typedef struct Live {
    Engine *engine; // borrowed
    Capture capture;
    Performance phrase; // owned; the newest phrase, for the View
    bool hands[128];    // the window's keys that are down
} Live;

void live_open(Live *l, Engine *e);
void live_close(Live *l);

// Presses a key of the window, or releases it if velocity is 0. Returns false if it was
// up already.
bool live_key(Live *l, int pitch, int velocity, LiveEvent *ret);
// Returns false if there are no more.
bool live_read(Live *l, MidiInput *midi, LiveEvent *ret);
// Releases one of the window's keys. Returns false if none is down.
bool live_release(Live *l, LiveEvent *ret);

// Returns the newest phrase of the playing, shifted to begin at 0. False: there
// is none.
bool live_phrase(const Live *l, Performance *ret);
// Returns whether the pianist rests, and since when (capture_rests()).
bool live_rests(const Live *l, int64_t *ret_since);
// Adds a phrase to the document, as a take that branches off the root at its start.
// Returns its number, or -1.
int live_add_phrase(const Performance *phrase, Document *d, GError **error);

// Returns the phrase for the View, or NULL; valid until the next call.
const Performance *live_shown(Live *l);
// Shows the current keys and pedal. Keys that are not held by hand count as held
// by `playback`.
void live_show(const Live *l, NoteSource playback, View *ret);

#endif
