// Renames or deletes a session of the list, after a question.
#ifndef UI_CARDS_SESSION_EDIT_H
#define UI_CARDS_SESSION_EDIT_H

#include "ui/ui.h"

typedef struct SessionEdit {
    // Owned; the path that the open question is about; the other is NULL.
    char *renamed, *deleted;
    GString *name; // owned; the new name, while it is typed
} SessionEdit;

void session_edit_clear(SessionEdit *e); // accepts a zeroed struct
bool session_edit_asks(const SessionEdit *e);

// F2 or Delete opens the question; Delete again, or Enter, confirms it. `bare`: no text
// that Delete could edit. Returns true if it used the key.
bool session_edit_key(SessionEdit *e, Ui *u, const ViewSession *at, bool bare,
                      const KeyEvent *key);
void session_edit_frame(SessionEdit *e, Ui *u, Box box,
                        const ViewSession *at); // NULL: none

#endif
