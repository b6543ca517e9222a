// What was just played, always kept: "continue that" needs no record button.
//
// The last minutes of what hands and MIDI keyboards played, as it came. The main thread
// adds what it reads from the MIDI input and what it pushes for the hands; all that is
// here is its own.
#ifndef AUDIO_CAPTURE_H
#define AUDIO_CAPTURE_H

#include "audio/event.h"
#include "midi/performance.h"

typedef struct Capture {
    int64_t keep;   // microseconds
    GArray *events; // owned; of LiveEvent
} Capture;

#define CAPTURE_ALL INT64_MAX // a silence that never was

void capture_init(Capture *c, int64_t keep);
void capture_free(Capture *c);

// In order of time for each source; EVENT_ONSET, NOTE_OFF, PEDAL, RELEASE.
void capture_add(Capture *c, LiveEvent event);

// Replaces `ret` by what was just played: all since the last time that no key was down
// for longer than `silence` microseconds before a stroke, or all that is kept. Keys and
// the pedal that are down at `now` are let go there. The first onset is at 0; it was at
// *ret_start of g_get_monotonic_time(). As many sources play one piano: a key that two
// hold is one note (audio/keys.h). False, `ret` empty: nothing was played.
bool capture_phrase(const Capture *c, int64_t silence, int64_t now, Performance *ret,
                    int64_t *ret_start);

#endif
