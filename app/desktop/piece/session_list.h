// The list of sessions for the window. A thread reads them, because there may be many,
// and each must be read completely to count its takes; meanwhile the window shows what
// is known. Used by the main thread only.
#ifndef APP_DESKTOP_PIECE_SESSION_LIST_H
#define APP_DESKTOP_PIECE_SESSION_LIST_H

#include "app/document/journal.h"
#include "thread/wake.h"
#include "ui/view.h"

typedef struct SessionReader SessionReader;

typedef struct SessionList {
    SessionReader *reader; // owned; NULL until session_list_read()
    Wake wake;
    int version;  // of the reader's result from which the rows were made
    GArray *rows; // ViewSession, which own their texts; owned
    int rows_version;
} SessionList;

// The thread calls `wake` when it has read more, until the list is closed.
void session_list_open(SessionList *l, Wake wake);
void session_list_close(SessionList *l);

// Starts reading the folder anew. `whole`: reads takes and lengths, too.
void session_list_read(SessionList *l, const char *folder, bool whole);

void session_list_show(SessionList *l, View *ret); // borrows until the next call

#endif
