// The `?` overlay: every command that has a key, in groups. It is also a menu: a click
// does what the key does.
#ifndef UI_CARDS_HELP_H
#define UI_CARDS_HELP_H

#include "ui/ui.h"

// Returns true if it is to be closed.
bool help_frame(Ui *u);

#endif
