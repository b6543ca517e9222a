// The models to choose from, and the choice that is on its way: a model is remembered
// once it is loaded, so that one which cannot be is not asked for again at the next
// start. The main thread's.
#ifndef APP_DESKTOP_WRITING_MODEL_CHOICES_H
#define APP_DESKTOP_WRITING_MODEL_CHOICES_H

#include "app/desktop/choices.h"

typedef struct ModelChoices {
    Choices list;
    int64_t listed; // when; 0: not yet
    char *asked;    // owned: the path that was chosen; NULL: none, or it is settled
} ModelChoices;

void model_choices_clear(ModelChoices *c); // accepts a zeroed struct

void model_choices_ask(ModelChoices *c, const char *path);
// The path that was asked for, if `loaded` is it, to be freed, and once; else NULL.
// `loaded` is the model there is, NULL while there is none.
char *model_choices_settle(ModelChoices *c, const char *loaded);

// Lists what there is, anew every few seconds; `loaded` is the one chosen.
void model_choices_show(ModelChoices *c, const char *loaded, View *ret);

#endif
