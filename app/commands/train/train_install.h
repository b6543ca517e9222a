// Finds the model that a run has produced, and installs it among the user's own models
// (app/base/models.h).
#ifndef APP_COMMANDS_TRAIN_TRAIN_INSTALL_H
#define APP_COMMANDS_TRAIN_TRAIN_INSTALL_H

#include <glib.h>
#include <stdbool.h>

// Returns the path of the best model in a run's folder, or of its last one, to be freed
// with g_free; NULL if it has none yet.
char *train_model_of(const char *run);

// Checks, before a long run, whether its model can be installed under this name, and
// makes the folder for it. Fails if another model of that name would take precedence
// over the user's own.
bool train_install_check(const char *name, GError **error);

// Copies the run's model there, and beside it the index of its training set
// (app/data/repertoire.h), each as a whole or not at all. Those of the same name are
// replaced. index: the bytes of its file; NULL: there is none.
bool train_install(const char *run, const char *name, const GByteArray *index,
                   GError **error);

#endif
