// Reading the models and performances that a command is given.
#ifndef APP_BASE_INPUTS_H
#define APP_BASE_INPUTS_H

#include "midi/performance.h"
#include "model/files/model.h"

// As model_load(). If that fails and `path` is the best or the last model of a training
// run, of which the other is whole, the sentence says so.
bool input_load_model(const char *path, Model *ret, GError **error);

// Read a MIDI file, "-" being standard input, and say on stderr what is odd about it
// and what is left out. Where music is wanted, a file without a note for the piano is
// an error.
bool input_read_midi(const char *path, Performance *ret, GError **error);
bool input_read_music(const char *path, Performance *ret, GError **error);

#endif
