// Which files hold MIDI, by their names: .mid, .midi and .smf; .kar, in which the words
// stand, too; .rmi, which is one in a RIFF file (smf_read.h reads them all). What is
// opened, listed and trained on is decided here.
#ifndef MIDI_FILE_NAME_H
#define MIDI_FILE_NAME_H

#include <stdbool.h>

// In upper or lower case. A name that is nothing but an ending has none.
bool file_name_is_midi(const char *name);

#endif
