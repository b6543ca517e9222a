// Tracks of messages to the bytes of a Standard MIDI File, format 1, by libsmf. What
// the messages are is smf_write.c's.
#ifndef MIDI_SMF_SAVE_H
#define MIDI_SMF_SAVE_H

#include "midi/tempo_map.h"

typedef struct SmfTrack {
    GArray *messages;  // of an SmfMessage that is smf_save.c's own
    GByteArray *bytes; // theirs
} SmfTrack;

void smf_track_init(SmfTrack *t);
void smf_track_clear(SmfTrack *t);

// Appends a message as it stands in a file, but for the time.
void smf_track_add(SmfTrack *t, int64_t tick, const void *bytes, guint size);

// Puts them in order of ticks; at one tick they stay as they were added.
void smf_track_sort(SmfTrack *t);

// All tracks that have messages, sorted ones, with the division of `tempo`. Fails on
// more ticks than a file can count, and if libsmf's temporary file cannot be written.
GBytes *smf_save_tracks(const SmfTrack *tracks, guint count, const TempoMap *tempo,
                        GError **error);

#endif
