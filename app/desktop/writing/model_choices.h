// The list of models, and the chosen model while it is loading. The settings keep a
// model only once it is loaded, so that the next start does not try a broken one again.
// Used by the main thread only.
#ifndef APP_DESKTOP_WRITING_MODEL_CHOICES_H
#define APP_DESKTOP_WRITING_MODEL_CHOICES_H

#include "app/desktop/choices.h"

typedef struct ModelChoices {
    Choices list;
    int64_t listed; // time of the last listing; 0: never
    char *asked;    // owned: the chosen path while it is loading; else NULL
} ModelChoices;

void model_choices_clear(ModelChoices *c); // accepts a zeroed struct

void model_choices_ask(ModelChoices *c, const char *path);
// Returns the chosen path, once, when `loaded` is that model; to be freed. Otherwise
// NULL. `loaded` is the current model, or NULL.
char *model_choices_settle(ModelChoices *c, const char *loaded);

// Lists the models, reading the folders again every few seconds. `loaded` is the
// current one.
void model_choices_show(ModelChoices *c, const char *loaded, View *ret);

#endif
