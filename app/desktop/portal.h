// The system's file dialogs: org.freedesktop.portal.FileChooser, by D-Bus.
//
// A question is put by a thread of its own, which may wait for the bus and for the
// user; the main thread looks once a frame. One question at a time: another one takes
// the dialog of the one before away. A portal that is not there, takes longer than
// PORTAL_PATIENCE to show its dialog, or vanishes is no answer: the window asks by
// itself then.
#ifndef APP_DESKTOP_PORTAL_H
#define APP_DESKTOP_PORTAL_H

#include <stdbool.h>

#define PORTAL_PATIENCE 4000 // milliseconds

typedef struct PortalQuestion PortalQuestion;

typedef struct Portal {
    PortalQuestion *question; // owned; NULL: none is open
    void (*wake)(void *data);
    void *data;
    int id;      // of the last question
    int wanted;  // as the caller of portal_ask() named it
    bool usable; // there is a bus, and no question failed before
} Portal;

typedef enum PortalEnd {
    PORTAL_WAITS, // or nothing was asked
    PORTAL_CHOSEN,
    PORTAL_CANCELLED, // by the user
    PORTAL_MISSING,   // there is none
    PORTAL_FAILED     // it did not answer as it should
} PortalEnd;

// `wake` is called by the thread when there is an answer.
void portal_open(Portal *p, void (*wake)(void *data), void *data);
void portal_close(Portal *p); // a dialog that is open goes

// Asks for a file to open or, with a `name` to propose, to write. `wanted` is given
// back with the answer.
void portal_ask(Portal *p, int wanted, const char *title, const char *folder,
                const char *name);
bool portal_is_asking(const Portal *p);
void portal_withdraw(Portal *p); // the dialog goes, and there is no answer

// The answer, once. *ret_path is of a chosen file, to be freed with g_free.
PortalEnd portal_answer(Portal *p, int *ret_wanted, char **ret_path);

#endif
