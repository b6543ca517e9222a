// Sessions: the journal of the piece on screen, and the session that could be restored.
// The main thread's; the journal writes on its own (app/document/journal.h).
#ifndef APP_DESKTOP_PIECE_SESSIONS_H
#define APP_DESKTOP_PIECE_SESSIONS_H

#include "app/document/journal.h"

typedef struct Sessions {
    char *folder;     // of all sessions; owned, as the two texts
    Journal *journal; // owned; of the piece on screen. NULL: it is not kept
    char *offered;    // path of a session that could be restored; NULL: none
    char *offer;      // a sentence about it
    bool crashed;     // it was not closed
    bool asks;        // before the program ends
} Sessions;

void sessions_open(Sessions *s);
void sessions_close(Sessions *s); // without a journal by then

// A journal begins for a piece, or goes on, if `restored` is not NULL; it is taken
// over.
bool sessions_begin(Sessions *s, Journal *restored, GError **error);
// The journal ends in order, if there is one.
bool sessions_end(Sessions *s, const Document *d, GError **error);
void sessions_follow(Sessions *s, const Document *d);

// ---- the session on screen by its name

// All of it is on the disk, under this name. It goes on under it; `copy`: so does
// another one, if it had a name before, which stays as it was.
bool sessions_save(Sessions *s, const Document *d, const char *name, bool copy,
                   GError **error);
// Why what there is would be lost if the program ended now, to be freed with g_free;
// NULL: it would not. Waits for the disk.
char *sessions_loss(Sessions *s, const Document *d);
// Whether what there is is known not to be on the disk. Does not wait.
bool sessions_fails(const Sessions *s, const Document *d);
// Whether the program may end. If something would be lost it asks instead, and the
// second time it may. Waits for the disk.
bool sessions_may_end(Sessions *s, const Document *d);
// What it asks; NULL: nothing, or the answer no longer matters, since all is kept by
// now.
const char *sessions_question(Sessions *s, const Document *d);
void sessions_stay(Sessions *s);                            // the answer is no
bool sessions_has(const Sessions *s, const char *path);     // whether it is one of ours
bool sessions_is_open(const Sessions *s, const char *path); // the one on screen

// ---- the others; these also take the one on screen, which is not deleted

bool sessions_rename(Sessions *s, const char *path, const char *name, GError **error);
bool sessions_delete(Sessions *s, const char *path, GError **error);

// ---- what could be restored

// Looks for what could be restored: what a crash left or, if `closed_too`, the newest
// that was closed in order and has takes.
void sessions_find(Sessions *s, bool closed_too);
// Makes of a session's file the document it was; *ret_journal is for sessions_begin().
bool sessions_restore(Sessions *s, const char *path, Document *ret,
                      Journal **ret_journal, char **ret_trouble, GError **error);
// It is offered no longer, but kept among the others.
bool sessions_decline(Sessions *s, GError **error);

#endif
