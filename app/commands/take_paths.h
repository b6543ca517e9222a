// The files of a command that writes several takes: OUT.mid for the only take, else
// OUT-1.mid, OUT-2.mid ...
#ifndef APP_COMMANDS_TAKE_PATHS_H
#define APP_COMMANDS_TAKE_PATHS_H

#include <glib.h>
#include <stdbool.h>

// That of take 1 .. takes, to be freed.
char *take_path(const char *path, int take, int takes);

// Finds out before a long work that one of them could not be written.
bool take_paths_can_write(const char *path, int takes, GError **error);

#endif
