// The card that asks for a session's name. It stays open until the session has that
// name, and shows why saving failed.
#ifndef UI_CARDS_SAVE_H
#define UI_CARDS_SAVE_H

#include "ui/ui.h"

typedef struct Save {
    CommandId command; // COMMAND_SAVE or COMMAND_SAVE_AS
    GString *name;     // owned
    char *asked;       // owned: the name that was sent last, or NULL
} Save;

void save_open(Save *s, Ui *u, CommandId command);
void save_clear(Save *s);        // accepts a zeroed struct
bool save_frame(Save *s, Ui *u); // true if it is to be closed

#endif
