// Finds the model that a run has produced, and installs it among the user's own models
// (app/base/models.h).
#ifndef APP_COMMANDS_TRAIN_INSTALL_H
#define APP_COMMANDS_TRAIN_INSTALL_H

#include <glib.h>
#include <stdbool.h>

// Returns the path of the best model in a run's folder, or of its last one, to be freed
// with g_free; NULL if it has none yet.
char *train_model_of(const char *run);

// Checks, before a long run, whether its model can be installed under this name, and
// makes the folder for it. Fails if another model of that name would take precedence
// over the user's own.
bool train_install_check(const char *name, GError **error);

// Copies the run's model there, as a whole or not at all. A model of the same name is
// replaced.
bool train_install(const char *run, const char *name, GError **error);

#endif
