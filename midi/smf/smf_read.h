// Reads Standard MIDI Files of formats 0, 1 and 2, and RMID files, into a Performance.
//
// This is par-midi's own reader, because libsmf 1.3 aborts on, or misreads, a fifth of
// the odd files that occur in practice. Every read is bounded by the end of its chunk,
// and positions only move forward: time is linear in the file's size, and memory is at
// most a fixed multiple of it. The playable part of a damaged file is read, with a
// warning; a file that cannot be read at all is an error.
//
// All tracks and all channels but the drum channel (10) become one piano. Time is
// exact: ticks x tempo, summed in integers, then rounded down to a microsecond. The
// performance's tempo map gets the tempi and the valid time and key signatures of all
// tracks, the name of the first track as the title, and the names of the tracks that
// have notes.
//
// Which note a note-off ends (model/MODEL.md, "Tokens"): a source is one channel of one
// track, and a note-off ends the oldest open note of its own source and pitch. If a
// source has fewer note-offs than note-ons of a pitch in the whole file, each note-off
// ends all open notes of that pitch; notes struck at the same moment stay open if there
// are older ones. CC 123 and CC 120 end all open notes of their channel in every track;
// CC 121 lifts its pedals.
//
// A key of the piano is down while any source holds it, and each onset strikes it anew,
// which ends the previous note. The pedal (CC 64) is the deepest of the channels'
// pedals, and so are the other two (CC 66, 67). Keys and pedals that are still down at
// the end of the last track are released there. The sequences of format 2 are played
// one after the other.
#ifndef MIDI_SMF_SMF_READ_H
#define MIDI_SMF_SMF_READ_H

#include "midi/performance.h"

#define SMF_MAX_BYTES (64u << 20)

typedef struct SmfReport {
    int format, tracks;
    int division;    // ticks per quarter; below 0: SMPTE, as in the file
    size_t notes;    // note-ons in the file, drums included
    size_t drums;    // note-ons on the drum channel
    uint32_t warned; // one bit per kind of warning; 0: there are none
} SmfReport;

// Returns a sentence fragment about faults of the file and about what is not played ("8
// notes on the drum channel left out; track without end-of-track"), or NULL if there
// are none. Free with g_free.
char *smf_report_warnings(const SmfReport *report);

// Reads a file ("-": standard input), or bytes in memory (`name` is for messages). On
// failure `ret` is untouched and error says "NAME: byte N: what is wrong". `report` may
// be NULL. `ret` must be empty.
bool smf_read(const char *path, Performance *ret, SmfReport *report, GError **error);
bool smf_parse(const uint8_t *bytes, size_t size, const char *name, Performance *ret,
               SmfReport *report, GError **error);

// As smf_read(), but a file without piano notes is an error ("NAME: holds no piano
// notes (16 on the drum channel were left out)").
bool smf_read_music(const char *path, Performance *ret, SmfReport *report,
                    GError **error);

#define SMF_ERROR smf_error_quark()
GQuark smf_error_quark(void);

#endif
