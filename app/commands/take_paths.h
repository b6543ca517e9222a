// The files of a command that writes takes: OUT.mid for a single take, otherwise
// OUT-1.mid, OUT-2.mid ...
#ifndef APP_COMMANDS_TAKE_PATHS_H
#define APP_COMMANDS_TAKE_PATHS_H

#include <glib.h>
#include <stdbool.h>

// Returns the path of one take, 1 to `takes`; to be freed with g_free.
char *take_path(const char *path, int take, int takes);

// Checks, before long work, whether all of them can be written.
bool take_paths_can_write(const char *path, int takes, GError **error);

#endif
