// Exports a Performance as a Standard MIDI File, format 1, by libsmf.
//
//   track 1   title, text, tempi, time and key signatures    from the tempo map
//   track 2   what was given, on channel 1                   called as the map's names
//   track 3   what was written, on channel 2                 "Continuation"
//
// Ticks, tempi and bars are those of the performance's tempo map, so that what came
// from a file stands on the same ticks again and is read back to the microsecond. What
// stands on no tick goes to the nearest; if that were more than a quarter of the
// tokenizer's step away, all ticks are divided alike, so that tokens come back as the
// same tokens. Without a map a tick is 50 microseconds: 10,000 a quarter of half a
// second.
//
// A pedal that is down while one part takes over from the other is down in both: the
// new one presses it, the old one follows it until it comes up. Read as one piano, it
// is the same pedal; each track alone is whole.
#ifndef MIDI_SMF_SMF_WRITE_H
#define MIDI_SMF_SMF_WRITE_H

#include "midi/performance.h"

typedef enum SmfPart {
    SMF_GIVEN,
    SMF_WRITTEN,
    SMF_PARTS,
} SmfPart;

// The file's bytes; `text`, if not NULL, becomes text events at time 0, a line each,
// cut at 120 bytes. `parts`, an SmfPart for each note, says who is on which track;
// NULL: all is given. A pedal that is down at the end is lifted there, as the tokenizer
// does. Fails on what ticks cannot count (without a map a performance of more than 29
// hours), and if the temporary file that libsmf needs cannot be written. The caller
// writes the bytes where they belong, as a whole.
GBytes *smf_write(const Performance *p, const char *text, GError **error);
GBytes *smf_write_parts(const Performance *p, const uint8_t *parts, const char *text,
                        GError **error);

#endif
