// The journal of a document writes its history to the disk continuously, so that a
// crash loses almost nothing and the next start can offer to restore it.
//
// A journal is a file in the folder of sessions:
//   NAME.journal   of a running program, which holds a lock (flock) on it; one without
//                  a lock is what a crash left
//   NAME.par-midi  of a session that was closed in order
//   NAME.damaged   was restored as far as it could be read; kept for what could not
// NAME is what the user calls the session or, as long as it has no name, the moment it
// began. What has takes is deleted by the user alone. The format is that of
// document_file.h. Restoring and reopening write a new journal
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

#define JOURNAL_SYNC 1000000 // microseconds

typedef struct Journal Journal;

// Returns the folder of sessions, $XDG_STATE_HOME/par-midi/sessions, to be freed with
// g_free.
char *journal_folder(void);

// Begins an empty journal, and creates the folder if it is missing.
bool journal_open(Journal **ret, const char *folder, GError **error);

// Takes over what was added to the document since the last call. It must always be the
// same document. To be called after each event or once per frame. `j` may be NULL.
void journal_follow(Journal *j, const Document *d);

// Whether a document holds what would be a loss: a take, notes that were
// played, bars that were tapped.
bool journal_worth(const Document *d);

// Waits until everything is on the disk. Fails if it cannot be written.
bool journal_sync(Journal *j, GError **error);

// Returns a sentence about why the journal cannot be written, to be freed with g_free,
// or NULL if it can. `j` may be NULL.
char *journal_trouble(Journal *j);

// The file, valid until the journal is given another name; and the name that the user
// gave it, to be freed with g_free, or NULL. The latter accepts NULL.
const char *journal_path(const Journal *j);
char *journal_name(const Journal *j);

// The name that the user gave the session of this file, to be freed with g_free; NULL:
// none.
char *journal_name_of(const char *path);

// Names the session. Fails with a sentence if a session may not be called so, or if one
// is.
bool journal_set_name(Journal *j, const char *name, GError **error);

// Begins a journal of that name for a document that another one may follow, too. All of
// it is on the disk. Fails as journal_set_name() does.
bool journal_copy(Journal **ret, const Document *d, const char *folder,
                  const char *name, GError **error);

// Writes what is left and closes the journal: the file becomes NAME.par-midi, or is
// deleted if it has no name, the document never had a take and nothing was played. On
// failure the file stays as after a crash. To be able to save elsewhere in that case,
// call journal_sync() first. Accepts NULL.
bool journal_close(Journal *j, GError **error);

typedef struct JournalSummary {
    char *path;
    char *session;  // the name that the user gave it, or NULL
    int64_t time;   // of the last write, Unix seconds
    bool in_use;    // by a running program
    char *name;     // the root's; not to be trusted in a terminal; NULL: not read yet,
                    // nor what follows
    size_t takes;   // visible ones, without the root
    size_t notes;   // in them and, if it was played, in the root
    bool bars;      // were tapped
    int64_t length; // up to the end of the longest of them, microseconds
    char *trouble;  // NULL, or what keeps it from being read as a whole
} JournalSummary;

JournalSummary *journal_summary_of(const char *path); // read
JournalSummary *journal_summary_copy(const JournalSummary *s);
void journal_summary_free(JournalSummary *s); // accepts NULL
// Whether there is anything in it. A program that was stopped right after its start
// leaves an empty journal.
bool journal_summary_worth(const JournalSummary *s);

// Returns all sessions, those of running programs too, newest first, as a GPtrArray of
// JournalSummary *, to be unreferenced. No more than what stands before `name` is
// known until journal_summary_read(), once for each. Any thread may call both.
GPtrArray *journal_list(const char *folder);
void journal_summary_read(JournalSummary *s);

// Returns the journals that crashes have left, newest first, as a GPtrArray of
// JournalSummary *, to be unreferenced. Journals of running programs and empty ones are
// skipped. One that cannot be read at all has the name "".
GPtrArray *journal_scan(const char *folder);

// Returns the path of the newest session that was closed normally, to be freed with
// g_free, or NULL.
char *journal_newest(const char *folder);

// Restores the document of a journal or closed session in `folder`, with a new journal
// that continues it, under the name that it had; the old file is put away. Fails if a
// running program uses it.
bool journal_restore(Journal **ret, Document *ret_document, const char *folder,
                     const char *path, char **ret_trouble, GError **error);

// Of a journal or session that no running program uses: deletes it; gives it another
// name, which fails as journal_set_name() does; closes what a crash left, so that it is
// offered no more.
bool journal_discard(const char *path, GError **error);
bool journal_rename(const char *path, const char *name, GError **error);
bool journal_put_away(const char *path, GError **error);

#endif
