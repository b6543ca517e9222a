// Something to pick from, as the settings panel lists it: what is shown of each, and
// what it stands for.
#ifndef APP_DESKTOP_CHOICES_H
#define APP_DESKTOP_CHOICES_H

#include "ui/view.h"

typedef struct Choices {
    GPtrArray *names, *values; // owned texts
} Choices;

void choices_begin(Choices *c); // from anew
void choices_clear(Choices *c); // accepts a zeroed struct
void choices_add(Choices *c, const char *name, const char *value);
bool choices_have(const Choices *c, const char *value);
const char *choices_value(const Choices *c, int64_t at); // "" where there is none

// Borrows the names; `value` is the one chosen.
ViewChoices choices_show(const Choices *c, const char *value);

#endif
