// Another name for a session of the list, or its end, each after a question.
#ifndef UI_CARDS_SESSION_EDIT_H
#define UI_CARDS_SESSION_EDIT_H

#include "ui/ui.h"

typedef struct SessionEdit {
    char *renamed, *deleted; // owned: the path that is asked about, of one of the two
    GString *name;           // owned; what it shall be called, or is
} SessionEdit;

void session_edit_clear(SessionEdit *e); // accepts a zeroed struct
bool session_edit_asks(const SessionEdit *e);

// F2, and Delete where there is no text for it: begins; Delete again, or Enter: yes.
// True if it took the key.
bool session_edit_key(SessionEdit *e, Ui *u, const ViewSession *at, bool bare,
                      const KeyEvent *key);
void session_edit_frame(SessionEdit *e, Ui *u, Box box,
                        const ViewSession *at); // NULL: none

#endif
