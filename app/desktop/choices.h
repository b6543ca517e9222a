// A list of choices for the settings panel: the name to show and the value of each.
#ifndef APP_DESKTOP_CHOICES_H
#define APP_DESKTOP_CHOICES_H

#include "ui/view.h"

typedef struct Choices {
    GPtrArray *names, *values; // owned texts
} Choices;

void choices_begin(Choices *c); // empties the list
void choices_clear(Choices *c); // accepts a zeroed struct
void choices_add(Choices *c, const char *name, const char *value);
bool choices_have(const Choices *c, const char *value);
const char *choices_value(const Choices *c, int64_t at); // "" if `at` is out of range

// Borrows the names; `value` is the chosen value.
ViewChoices choices_show(const Choices *c, const char *value);

#endif
