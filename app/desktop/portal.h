// The system's file dialogs: org.freedesktop.portal.FileChooser, by D-Bus.
//
// A thread of its own sends each question and may wait for the bus and the user; the
// main thread polls for the answer once per frame. There is one question at a time: a
// new one closes the previous dialog. If the portal is missing, takes longer than
// PORTAL_PATIENCE to show its dialog, or vanishes, the window opens its own dialog.
#ifndef APP_DESKTOP_PORTAL_H
#define APP_DESKTOP_PORTAL_H

#include "thread/wake.h"

#include <stdbool.h>

#define PORTAL_PATIENCE 4000 // milliseconds

typedef struct PortalQuestion PortalQuestion;

typedef struct Portal {
    PortalQuestion *question; // owned; NULL: no question is open
    char *parent;             // owned: the window's name
    Wake wake;
    int id;      // of the last question
    int wanted;  // as passed to portal_ask()
    bool usable; // there is a bus, and no question has failed yet
} Portal;

typedef enum PortalEnd {
    PORTAL_WAITS, // no answer yet, or no question
    PORTAL_CHOSEN,
    PORTAL_CANCELLED, // by the user
    PORTAL_MISSING,   // there is no portal
    PORTAL_FAILED     // it gave a wrong answer
} PortalEnd;

// Dialogs belong to the window `parent` (window_parent()). The thread calls `wake` when
// there is an answer.
void portal_open(Portal *p, const char *parent, Wake wake);
void portal_close(Portal *p); // closes an open dialog

// Asks for a file to open or, if `name` is given, for a file to write, proposing that
// name. `wanted` is returned with the answer.
void portal_ask(Portal *p, int wanted, const char *title, const char *folder,
                const char *name);
bool portal_is_asking(const Portal *p);
void portal_withdraw(Portal *p); // closes the dialog; no answer will come

// Returns the answer, once. *ret_path is the chosen file, to be freed with g_free.
PortalEnd portal_answer(Portal *p, int *ret_wanted, char **ret_path);

#endif
