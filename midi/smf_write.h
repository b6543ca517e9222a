// Exports a Performance as a Standard MIDI File, format 0, by libsmf.
//
// One tick is 50 microseconds (division 10,000 at 120 quarters a minute); times are
// rounded down. The tokenizer's step boundaries lie on whole ticks, so a performance
// decoded from tokens comes back from its file as the same tokens.
#ifndef MIDI_SMF_WRITE_H
#define MIDI_SMF_WRITE_H

#include "midi/performance.h"

// The file's bytes; `text`, if not NULL, becomes text events at time 0, a line each,
// cut at 120 bytes. A pedal that is down at the end is lifted there, as the tokenizer
// does. Fails on a performance of more than 29 hours or with a pause of more than 3,
// and if the temporary file that libsmf needs cannot be written. The caller writes the
// bytes where they belong, as a whole.
GBytes *smf_write(const Performance *p, const char *text, GError **error);

#endif
