// The journal of a document writes its history to the disk continuously, so that a
// crash loses almost nothing and the next start can offer to restore it.
//
// A journal is a file in the folder of sessions:
//   NAME.journal   of a running program, which holds a lock (flock) on it; one without
//                  a lock is what a crash left
//   NAME.par-midi  of a session that was closed in order
//   NAME.damaged   was restored as far as it could be read; kept for what could not
// Its format is that of document_file.h. Restoring and reopening write a new journal
// first and only then put the old one away, so no failure in between can lose it.
//
// A thread of its own does the writing: journal_follow() hands it the new bytes and
// returns at once. It writes them within milliseconds, which is all that a killed
// program loses, and calls fdatasync every JOURNAL_SYNC, which is all that a power cut
// may lose. If the disk is full or fails, it retries every JOURNAL_SYNC without
// dropping anything; meanwhile journal_trouble() reports the failure. All functions are
// to be called by one thread, that of the document.
#ifndef APP_DOCUMENT_JOURNAL_H
#define APP_DOCUMENT_JOURNAL_H

#include "app/document/document.h"

#define JOURNAL_SYNC   1000000 // microseconds
#define JOURNAL_DAYS   30
#define JOURNAL_CLOSED 30

typedef struct Journal Journal;

// Returns the folder of sessions, $XDG_STATE_HOME/par-midi/sessions, to be freed with
// g_free.
char *journal_folder(void);

// Begins an empty journal, and creates the folder if it is missing.
bool journal_open(Journal **ret, const char *folder, GError **error);

// Takes over what was added to the document since the last call. It must always be the
// same document. To be called after each event or once per frame. `j` may be NULL.
void journal_follow(Journal *j, const Document *d);

// Waits until everything is on the disk. Fails if it cannot be written.
bool journal_sync(Journal *j, GError **error);

// Returns a sentence about why the journal cannot be written, to be freed with g_free,
// or NULL if it can. `j` may be NULL.
char *journal_trouble(Journal *j);

// Writes what is left and closes the journal: the file becomes NAME.par-midi, or is
// deleted if the document never had a take and nothing was played. On failure the file
// stays as after a crash. To be able to save elsewhere in that case, call
// journal_sync() first. Accepts NULL.
bool journal_close(Journal *j, GError **error);

typedef struct JournalSummary {
    char *path;
    char *name;    // the root's; not to be trusted in a terminal
    int64_t time;  // of the last write, Unix seconds
    size_t takes;  // visible ones, without the root
    size_t notes;  // in them and, if it was played, in the root
    char *trouble; // NULL, or what keeps it from being read as a whole
} JournalSummary;

// Returns the journals that crashes have left, newest first, as a GPtrArray of
// JournalSummary *, to be unreferenced. Journals of running programs and empty ones are
// skipped. One that cannot be read at all has the name "".
GPtrArray *journal_scan(const char *folder);

// Returns the path of the newest session that was closed normally, to be freed with
// g_free, or NULL.
char *journal_newest(const char *folder);

// Deletes sessions that were closed in order, which would pile up: those that are both
// older than JOURNAL_DAYS and not among the newest JOURNAL_CLOSED. What a crash left
// stays until someone decides, and so does what another program has.
void journal_tidy(const char *folder);

// Restores the document of a journal or closed session in `folder`, with a new journal
// that continues it; the old file is put away. Fails if a running program uses it.
bool journal_restore(Journal **ret, Document *ret_document, const char *folder,
                     const char *path, char **ret_trouble, GError **error);

// Deletes a journal or session, unless a running program uses it.
bool journal_discard(const char *path, GError **error);

#endif
