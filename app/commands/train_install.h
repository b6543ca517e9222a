// What a run leaves to play with, and putting it among the user's own models
// (app/base/models.h).
#ifndef APP_COMMANDS_TRAIN_INSTALL_H
#define APP_COMMANDS_TRAIN_INSTALL_H

#include <glib.h>
#include <stdbool.h>

// The best model of a run's folder, else its last, to be freed; NULL: it has none yet.
char *train_model_of(const char *run);

// Before a long run: whether its model can be installed under this name. Makes the
// folder for it. Another model of that name, which goes before a user's own, is an
// error.
bool train_install_check(const char *name, GError **error);

// Copies the run's model there, over one of the same name, as a whole or not at all.
bool train_install(const char *run, const char *name, GError **error);

#endif
