// Recognises MIDI files by their extension: .mid, .midi and .smf; .kar, which also has
// lyrics; and .rmi, a MIDI file inside a RIFF file. smf_read.h reads all of them.
// Opening, listing and training all use this rule.
#ifndef MIDI_FILE_NAME_H
#define MIDI_FILE_NAME_H

#include <stdbool.h>

// Ignores case. A name that consists only of an extension does not count.
bool file_name_is_midi(const char *name);

#endif
