// The journal of a document: its history on the disk while it happens, so that a crash
// loses next to nothing, and the next start can offer it.
//
// A journal is a file of its own in the sessions' folder:
//   NAME.journal   of a running program, which holds a lock (flock) on it; one without
//                  a lock is what a crash left
//   NAME.par-midi  of a session that was closed in order
//   NAME.damaged   was restored as far as it could be read; kept for what could not
// Bytes as in app/document/document_file.h. Restoring and reopening write a new journal
// and only then put the old one away, so no failure on the way can lose it.
//
// A thread of its own writes: journal_follow() hands it what is new and returns at
// once. It writes what it gets within milliseconds, so that a killed program loses no
// more, and brings it to the disk (fdatasync) every JOURNAL_SYNC, which is what a power
// cut may lose. A disk that is full or fails is tried again every JOURNAL_SYNC, with
// nothing forgotten; journal_trouble() says so meanwhile. All else is for one thread,
// the document's.
#ifndef APP_DOCUMENT_JOURNAL_H
#define APP_DOCUMENT_JOURNAL_H

#include "app/document/document.h"

#define JOURNAL_SYNC   1000000 // microseconds
#define JOURNAL_DAYS   30
#define JOURNAL_CLOSED 30

typedef struct Journal Journal;

// Where sessions are: $XDG_STATE_HOME/par-midi/sessions. Free with g_free.
char *journal_folder(void);

// Begins an empty journal; makes the folder if there is none.
bool journal_open(Journal **ret, const char *folder, GError **error);

// Takes over what the document has become since the last call: always the same
// document. To be called after each event, or once a frame. `j` may be NULL.
void journal_follow(Journal *j, const Document *d);

// Waits until all that was handed over is on the disk, or has failed to get there.
bool journal_sync(Journal *j, GError **error);

// What keeps the journal from being written, as a sentence, or NULL. Free with g_free.
// `j` may be NULL.
char *journal_trouble(Journal *j);

// Writes what is left and closes in order: the file becomes NAME.par-midi, or goes if
// the document never had a take, and nothing was played. On failure it stays as after a
// crash: who wants to save elsewhere then asks journal_sync() before. Accepts NULL.
bool journal_close(Journal *j, GError **error);

typedef struct JournalSummary {
    char *path;
    char *name;    // the root's; not to be trusted in a terminal
    int64_t time;  // of the last write, Unix seconds
    size_t takes;  // visible ones, without the root
    size_t notes;  // in them and, if it was played, in the root
    char *trouble; // NULL, or what keeps it from being read as a whole
} JournalSummary;

// The journals that crashes left, newest first, as a GPtrArray of JournalSummary *; to
// be unreferenced. Journals of running programs are passed over, and so are those that
// hold nothing. One that cannot be read at all has a name of "".
GPtrArray *journal_scan(const char *folder);

// The newest session closed in order, or NULL. Free with g_free.
char *journal_newest(const char *folder);

// Deletes sessions that were closed in order, which would pile up: those that are both
// older than JOURNAL_DAYS and not among the newest JOURNAL_CLOSED. What a crash left
// stays until someone decides, and so does what another program has.
void journal_tidy(const char *folder);

// Makes of a journal or closed session in `folder` the document it was, with a new
// journal that goes on from it; the old file goes. Fails if a running program has it.
bool journal_restore(Journal **ret, Document *ret_document, const char *folder,
                     const char *path, char **ret_trouble, GError **error);

// Deletes one that is not wanted, unless a running program has it.
bool journal_discard(const char *path, GError **error);

#endif
