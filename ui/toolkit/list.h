// A list of rows to choose one from, scrolled by wheel and keys.
#ifndef UI_TOOLKIT_LIST_H
#define UI_TOOLKIT_LIST_H

#include "ui/drawing/icon.h"
#include "ui/toolkit/gui.h"

typedef struct ListRow {
    const char *text, *detail; // borrowed; NULL: none
    Icon icon;
    bool chosen;
} ListRow;

typedef struct ListState {
    int cursor;    // the row that Enter would choose; -1: none
    double scroll; // points
    bool reveal;   // scroll until the cursor is visible
} ListState;

// Shows the list. Returns the row that was clicked or -1.
int list_frame(Gui *g, GuiId id, Box box, const ListRow *rows, int count,
               ListState *state);
// Returns true if it used the key.
bool list_key(ListState *state, int count, const KeyEvent *key);

#endif
