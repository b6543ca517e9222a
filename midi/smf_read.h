// Reads Standard MIDI Files, formats 0, 1 and 2, RMID included, into a Performance.
//
// par-midi's own reader, because libsmf 1.3 aborts on or misreads a fifth of real odd
// files. Every read is bounded by the clamped end of its chunk and positions only move
// forward: time is linear in the file's size and memory a fixed multiple of it. What
// can be played of a damaged file is played, and said; what cannot be read is refused.
//
// All tracks and all channels but the drum channel (10) become one piano. Time is
// exact: ticks x tempo summed in integers, then rounded down to a microsecond. Tempi,
// sound time and key signatures of all tracks, the first track's name as the title and
// the names of those with notes become the performance's tempo map.
//
// Whose note it is (model/MODEL.md, "Tokens"): a source is one channel of one track,
// and a note-off ends the oldest open note of its own source and pitch. Where a source
// has fewer note-offs than note-ons of a pitch in the whole file, one ends all that are
// open, but those struck at the same moment if there are older ones. CC 123 and CC 120
// end all open notes of their channel, whatever the track; CC 121 lifts its pedals.
//
// The key of the one piano is down while any source holds it, and each onset strikes it
// anew, which ends the note before. The pedal (CC 64) is the highest of the channels'
// pedals, and so are the other two (CC 66, 67). Keys and pedals still down at the end
// of the last track are let go there. The sequences of format 2 are played one after
// the other.
#ifndef MIDI_SMF_READ_H
#define MIDI_SMF_READ_H

#include "midi/performance.h"

#define SMF_MAX_BYTES (64u << 20)

typedef struct SmfReport {
    int format, tracks;
    int division;    // ticks a quarter; below 0: SMPTE, as in the file
    size_t notes;    // note-ons in the file, drums included
    size_t drums;    // of these, those on the drum channel
    uint32_t warned; // bit per kind of warning; 0: the file is sound
} SmfReport;

// What was odd about the file and what of it is not played, as one sentence fragment
// ("8 notes on the drum channel left out; track without end-of-track"), or NULL if
// there is nothing to say. Free with g_free.
char *smf_report_warnings(const SmfReport *report);

// Reads a file ("-": standard input), or bytes in memory (`name` is for messages). On
// failure `ret` is untouched and error says "NAME: byte N: what is wrong". `report` may
// be NULL. `ret` must be empty.
bool smf_read(const char *path, Performance *ret, SmfReport *report, GError **error);
bool smf_parse(const uint8_t *bytes, size_t size, const char *name, Performance *ret,
               SmfReport *report, GError **error);

// As smf_read(), where music is wanted: a file without a note for the piano is an error
// ("NAME: holds no piano notes (16 on the drum channel were left out)").
bool smf_read_music(const char *path, Performance *ret, SmfReport *report,
                    GError **error);

#define SMF_ERROR smf_error_quark()
GQuark smf_error_quark(void);

#endif
