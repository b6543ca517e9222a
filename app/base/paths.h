// Where files are, and writing them: the data that came along, and "-" for the standard
// streams.
#ifndef APP_BASE_PATHS_H
#define APP_BASE_PATHS_H

#include <glib.h>
#include <stdbool.h>

// The model to use, to be freed: `wanted`, else $PAR_MIDI_MODEL, else the one that came
// along: beside the program, in ../share/par-midi from there, which a build folder has
// too, or in the data folder of the prefix it was configured for. NULL with an error
// that says what to do.
char *path_find_model(const char *wanted, GError **error);

// The prompt that the window begins with, to be freed, from the same places; NULL: it
// is nowhere.
char *path_find_demo(void);

// "-" is a standard stream: its name in messages, or the path itself.
const char *path_input_name(const char *path);
bool path_is_stdio(const char *path);

// Writes a file as a whole (model/files/replace.h), or to standard output for "-".
bool path_write(const char *path, const void *bytes, size_t size, GError **error);

// Finds out before a long work that its result could not be written; changes nothing.
bool path_can_write(const char *path, GError **error);

#endif
