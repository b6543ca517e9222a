// Finds installed data, and handles "-", which stands for the standard streams.
#ifndef APP_BASE_PATHS_H
#define APP_BASE_PATHS_H

#include <glib.h>
#include <stdbool.h>

// Returns the folders in which data is searched, in order; to be freed with g_strfreev:
// the program's folder; ../share/par-midi from there, so that an installation may be
// moved as a whole, and a build folder, which has the same layout, finds the assets of
// its sources; $XDG_DATA_HOME/par-midi; and par-midi in each folder of $XDG_DATA_DIRS.
char **path_data_folders(void);

// Returns the path of the model to use, to be freed: `wanted`, or else $PAR_MIDI_MODEL,
// each a file or a name (app/base/models.h); or else the shipped model, in one of these
// folders. Returns NULL with an error that says what to do.
char *path_find_model(const char *wanted, GError **error);

// Returns the path of the prompt that the window begins with, from the same folders, to
// be freed, or NULL if there is none.
char *path_find_demo(void);

// Returns a path's name for messages: the name of the standard stream for "-", or else
// the path itself.
const char *path_input_name(const char *path);
bool path_is_stdio(const char *path);

// Writes a file as a whole (model/files/replace.h), or to standard output for "-".
bool path_write(const char *path, const void *bytes, size_t size, GError **error);

// Checks, before long work, that its result can be written. Changes nothing.
bool path_can_write(const char *path, GError **error);

#endif
