// The sessions there are, as the window lists them. They are read by a thread, for a
// folder may hold many and each is read as a whole to know its takes; what is known
// already is shown meanwhile. The main thread's.
#ifndef APP_DESKTOP_PIECE_SESSION_LIST_H
#define APP_DESKTOP_PIECE_SESSION_LIST_H

#include "app/document/journal.h"
#include "ui/view.h"

typedef struct SessionReader SessionReader;

typedef struct SessionList {
    SessionReader *reader; // owned; NULL: none was asked for
    void (*wake)(void *data);
    void *data;
    int version;  // of what the reader found; the rows are made from it
    GArray *rows; // owned, ViewSession, which own their texts
    int rows_version;
} SessionList;

// `wake` is called by the thread when more is known, until the list is closed.
void session_list_open(SessionList *l, void (*wake)(void *data), void *data);
void session_list_close(SessionList *l);

// Begins to read, from the start. `whole`: takes and lengths, too.
void session_list_read(SessionList *l, const char *folder, bool whole);

void session_list_show(SessionList *l, View *ret); // borrows, until the next call

// How a session is called, for people: its name or, of one without, when it was last
// written. Free with g_free.
char *session_list_name(const JournalSummary *s);

#endif
