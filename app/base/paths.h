// Finds installed data, and handles "-", which stands for the standard streams.
#ifndef APP_BASE_PATHS_H
#define APP_BASE_PATHS_H

#include <glib.h>
#include <stdbool.h>

// Where data is looked for, the first place first; free with g_strfreev: beside the
// program; in ../share/par-midi from there, so that an installation may be moved as a
// whole, and a build folder, which is laid out as one, finds its sources' assets; in
// $XDG_DATA_HOME/par-midi; and in par-midi of each folder of $XDG_DATA_DIRS.
char **path_data_folders(void);

// The model to use, to be freed: `wanted`, else $PAR_MIDI_MODEL, a file or a name
// (app/base/models.h); else the one that came along, in one of these folders. NULL with
// an error that says what to do.
char *path_find_model(const char *wanted, GError **error);

// The prompt that the window begins with, to be freed, from the same places; NULL: it
// is nowhere.
char *path_find_demo(void);

// Returns the name of a path for messages: that of the standard stream for "-", else
// the path itself.
const char *path_input_name(const char *path);
bool path_is_stdio(const char *path);

// Writes a file as a whole (model/files/replace.h), or to standard output for "-".
bool path_write(const char *path, const void *bytes, size_t size, GError **error);

// Checks before long work that its result can be written. Changes nothing.
bool path_can_write(const char *path, GError **error);

#endif
