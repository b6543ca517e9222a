// Reads the models and performances that a command is given.
#ifndef APP_BASE_INPUTS_H
#define APP_BASE_INPUTS_H

#include "app/base/models.h"
#include "midi/performance.h"
#include "model/files/model.h"

// Loads a model with model_load(). If loading fails, and `path` is the best or the last
// model of a training run whose other model is intact, the error says so.
bool input_load_model(const char *path, Model *ret, GError **error);
// Does the same and also fills in the model's card, which must be cleared.
bool input_load_card(const char *path, Model *ret, ModelCard *ret_card, GError **error);

// Read a MIDI file, or standard input for "-", and report on stderr what is irregular
// in it and what is left out. For input_read_music(), a file without a piano note is an
// error.
bool input_read_midi(const char *path, Performance *ret, GError **error);
bool input_read_music(const char *path, Performance *ret, GError **error);

#endif
