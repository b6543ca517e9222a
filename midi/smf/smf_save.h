// Turns tracks of messages into the bytes of a Standard MIDI File, format 1, with
// libsmf. smf_write.c makes the messages.
#ifndef MIDI_SMF_SMF_SAVE_H
#define MIDI_SMF_SMF_SAVE_H

#include "midi/tempo_map.h"

typedef struct SmfTrack {
    GArray *messages;  // of SmfMessage, which only smf_save.c knows
    GByteArray *bytes; // the messages' bytes
} SmfTrack;

void smf_track_init(SmfTrack *t);
void smf_track_clear(SmfTrack *t);

// Appends a message: its bytes as in a file, without the time.
void smf_track_add(SmfTrack *t, int64_t tick, const void *bytes, guint size);

// Sorts the messages by tick; those at one tick keep their order.
void smf_track_sort(SmfTrack *t);

// Returns the file of all tracks that have messages, which must be sorted, with the
// division of `tempo`. Fails if there are more ticks than a file can count, or if
// libsmf's temporary file cannot be written.
GBytes *smf_save_tracks(const SmfTrack *tracks, guint count, const TempoMap *tempo,
                        GError **error);

#endif
