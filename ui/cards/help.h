// Every command that has a key, by groups: what `?` shows, and the menu: a click does
// what the key does.
#ifndef UI_CARDS_HELP_H
#define UI_CARDS_HELP_H

#include "ui/ui.h"

// True if it is to be closed.
bool help_frame(Ui *u);

#endif
