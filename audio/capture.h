// Always keeps what was played in the last minutes, so that "continue that" needs no
// record button.
//
// The main thread adds what it reads from the MIDI input and what it pushes for the
// window's keys. It alone uses this.
#ifndef AUDIO_CAPTURE_H
#define AUDIO_CAPTURE_H

#include "audio/event.h"
#include "midi/performance.h"

typedef struct Capture {
    int64_t keep;   // microseconds
    GArray *events; // owned; of LiveEvent
} Capture;

void capture_init(Capture *c, int64_t keep);
void capture_free(Capture *c);

// Adds an event: EVENT_ONSET, EVENT_RELEASE, EVENT_PEDAL or AUDIO_RELEASE. The events
// of each source come in order of time.
void capture_add(Capture *c, LiveEvent event);

// Replaces `ret` by the newest phrase: everything since the last onset before which no
// key was down for more than `silence` microseconds, or everything that is kept. Keys
// and pedals that are down at `now` are released there, but pedals alone at the last
// event: however long the pianist rests, the phrase is the same. The first onset is at
// 0, which was *ret_start of g_get_monotonic_time(). All sources play one piano: a key
// that two of them hold is one note (audio/keys.h). Returns false, with `ret` empty, if
// nothing was played.
bool capture_phrase(const Capture *c, int64_t silence, int64_t now, Performance *ret,
                    int64_t *ret_start);

// Returns whether no key is down. *ret_since is the time of the last stroke or release,
// or 0 if nothing was struck.
bool capture_rests(const Capture *c, int64_t *ret_since);

#endif
