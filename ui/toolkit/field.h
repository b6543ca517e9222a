// One line of text, edited in place. The text is the caller's; where the next character
// goes is the Gui's, as one field at most has the focus.
#ifndef UI_TOOLKIT_FIELD_H
#define UI_TOOLKIT_FIELD_H

#include "ui/toolkit/gui.h"

// `hint` is shown while it is empty. True if Enter was pressed.
bool field_frame(Gui *g, GuiId id, Box box, GString *text, const char *hint);

// For the field that has the focus. Esc, Enter, Tab and up and down are not its; what
// is typed comes by field_type(). True if it took the key.
bool field_key(Gui *g, GString *text, const KeyEvent *key);
void field_type(Gui *g, GString *text, const char *typed);

#endif
