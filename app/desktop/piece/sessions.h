// Sessions: the journal of the piece on screen, and the session that could be
// restored. Used by the main thread only; the journal writes to disk on a thread of
// its own (app/document/journal.h).
#ifndef APP_DESKTOP_PIECE_SESSIONS_H
#define APP_DESKTOP_PIECE_SESSIONS_H

#include "app/document/journal.h"

typedef struct Sessions {
    char *folder;     // of all sessions; owned, as are the two texts below
    Journal *journal; // of the piece on screen; owned; NULL: it is not being saved
    char *offered;    // path of a session that could be restored; NULL: none
    char *offer;      // a sentence about it
    bool crashed;     // that session was not closed in order
    bool asks;        // a question before the program ends is open
} Sessions;

void sessions_open(Sessions *s);
void sessions_close(Sessions *s); // the journal must have ended

// Begins a journal for a piece, or continues `restored` if that is not NULL, which it
// takes ownership of.
bool sessions_begin(Sessions *s, Journal *restored, GError **error);
// Closes the journal in order, if there is one.
bool sessions_end(Sessions *s, const Document *d, GError **error);
void sessions_follow(Sessions *s, const Document *d);

// ---- the session on screen

// Names the session and writes all of it to the disk. If `copy` is set and it has a
// name already, makes a copy with the new name and continues in that; the old session
// stays as it is.
bool sessions_save(Sessions *s, const Document *d, const char *name, bool copy,
                   GError **error);
// Returns why the session would be lost if the program ended now, to be freed with
// g_free, or NULL if it would not. Waits for the disk.
char *sessions_loss(Sessions *s, const Document *d);
// Returns whether the session is known not to be on the disk. Does not wait.
bool sessions_fails(const Sessions *s, const Document *d);
// Returns whether the program may end. If the session would be lost, the first call
// opens the question and returns false; the next one returns true. Waits for the disk.
bool sessions_may_end(Sessions *s, const Document *d);
// Returns the open question, or NULL if there is none, or if it no longer matters
// because everything is on the disk by now.
const char *sessions_question(Sessions *s, const Document *d);
void sessions_stay(Sessions *s); // the user does not want to quit
bool sessions_has(const Sessions *s, const char *path);     // a session in the folder
bool sessions_is_open(const Sessions *s, const char *path); // the session on screen

// ---- any session; but the one on screen is not deleted

bool sessions_rename(Sessions *s, const char *path, const char *name, GError **error);
bool sessions_delete(Sessions *s, const char *path, GError **error);

// ---- what could be restored

// Looks for a session to restore: one that a crash left or, if `closed_too`, the newest
// one that was closed in order and has takes.
void sessions_find(Sessions *s, bool closed_too);
// Reads a session's file into a document; *ret_journal is for sessions_begin().
bool sessions_restore(Sessions *s, const char *path, Document *ret,
                      Journal **ret_journal, char **ret_trouble, GError **error);
// Withdraws the offer; the session stays in the folder.
bool sessions_decline(Sessions *s, GError **error);

#endif
