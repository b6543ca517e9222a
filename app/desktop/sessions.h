// Sessions: the journal of the piece on screen, and the session that could be restored.
// The main thread's; the journal writes on its own (app/document/journal.h).
#ifndef APP_DESKTOP_SESSIONS_H
#define APP_DESKTOP_SESSIONS_H

#include "app/document/journal.h"

typedef struct Sessions {
    char *folder;     // of all sessions; owned, as the two texts
    Journal *journal; // owned; of the piece on screen. NULL: it is not kept
    char *offered;    // path of a session that could be restored; NULL: none
    char *offer;      // a sentence about it
    bool crashed;     // it was not closed
} Sessions;

void sessions_open(Sessions *s);
void sessions_close(Sessions *s); // without a journal by then

// A journal begins for a piece, or goes on, if `restored` is not NULL; it is taken
// over.
bool sessions_begin(Sessions *s, Journal *restored, GError **error);
// The journal ends in order, if there is one.
bool sessions_end(Sessions *s, const Document *d, GError **error);
void sessions_follow(Sessions *s, const Document *d);

// Looks for what could be restored: what a crash left or, if `closed_too`, the newest
// that was closed in order and has takes.
void sessions_find(Sessions *s, bool closed_too);
// Makes of it the document it was; *ret_journal is for sessions_begin(). It is offered
// no longer, nor after sessions_discard(), which keeps what was closed in order. False
// without an error: none is offered.
bool sessions_restore(Sessions *s, Document *ret, Journal **ret_journal,
                      char **ret_trouble, GError **error);
bool sessions_discard(Sessions *s, GError **error);

#endif
