// One line of text, edited in place. The caller owns the text. The Gui holds the
// cursor, since at most one field has the focus.
#ifndef UI_TOOLKIT_FIELD_H
#define UI_TOOLKIT_FIELD_H

#include "ui/toolkit/gui.h"

// Shows the field, and `hint` while it is empty. Returns true if Enter was pressed.
bool field_frame(Gui *g, GuiId id, Box box, GString *text, const char *hint);

// Handles a key for the field that has the focus and returns true if it used the key.
// It leaves Esc, Enter, Tab, Up and Down to others; typed text comes by field_type().
bool field_key(Gui *g, GString *text, const KeyEvent *key);
void field_type(Gui *g, GString *text, const char *typed);

#endif
