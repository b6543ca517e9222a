// The journal of a document writes its history to the disk continuously, so that a
// crash loses almost nothing and the next start can offer to restore it.
//
// A journal is a file in the folder of sessions:
//   NAME.journal   belongs to a running program, which holds a lock (flock) on it; if
//                  no program holds the lock, a crash left the file
//   NAME.par-midi  is a session that was closed normally
//   NAME.damaged   was restored as far as it could be read, and is kept for the rest
// NAME is what the user calls the session or, as long as it has no name, the moment it
// began. Only the user deletes a session with takes. The format is that of
// document_file.h. Restoring and reopening first write a new journal and only then put
// the old one away, so no failure in between can lose it.
//
// A separate thread writes: journal_follow() hands it the new bytes and returns at
// once. It writes them within milliseconds, so a killed program loses no more than
// that. It calls fdatasync every JOURNAL_SYNC, so a power cut loses no more than that.
// If the disk is full or fails, it retries every JOURNAL_SYNC without dropping
// anything; meanwhile journal_trouble() reports the failure. All functions must be
// called by the document's thread, unless they say otherwise.
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
// same document. Call it after each event or once per frame. `j` may be NULL.
void journal_follow(Journal *j, const Document *d);

// Returns whether a document is worth keeping: it has a take, played notes, or tapped
// bars.
bool journal_worth(const Document *d);

// Waits until everything is on the disk. Fails if writing fails.
bool journal_sync(Journal *j, GError **error);

// Returns a sentence about why the journal cannot be written, to be freed with g_free,
// or NULL if it can. `j` may be NULL.
char *journal_trouble(Journal *j);

// Return the file's path, valid until the journal is given another name, and the name
// that the user gave the session, to be freed with g_free, or NULL. journal_name()
// accepts NULL.
const char *journal_path(const Journal *j);
char *journal_name(const Journal *j);

// Returns the name that the user gave the session of this file, to be freed with
// g_free, or NULL if it has none.
char *journal_name_of(const char *path);

// Names the session. Fails with a sentence if the name is not allowed or another
// session has it.
bool journal_set_name(Journal *j, const char *name, GError **error);

// Begins a journal of that name for a document that another journal may follow too, and
// waits until all of it is on the disk. Fails as journal_set_name() does.
bool journal_copy(Journal **ret, const Document *d, const char *folder,
                  const char *name, GError **error);

// Writes what is left and closes the journal. The file becomes NAME.par-midi; it is
// deleted instead if the session has no name and was never worth keeping. On failure
// the file stays as after a crash. To be able to save elsewhere in that case, call
// journal_sync() first. Accepts NULL.
bool journal_close(Journal *j, GError **error);

typedef struct JournalSummary {
    char *path;
    char *session; // the name that the user gave it, or NULL
    int64_t time;  // of the last write, in Unix seconds
    bool in_use;   // by a running program
    char *name; // the root's name; it may contain control sequences of a terminal. NULL
                // until this and the fields below are read
    size_t takes;   // visible ones, without the root
    size_t notes;   // notes in these takes and, if it was played, in the root
    bool bars;      // bars were tapped
    int64_t length; // up to the end of the take that ends last, microseconds
    char *trouble;  // why it cannot be read as a whole, or NULL
} JournalSummary;

JournalSummary *journal_summary_of(const char *path); // read
JournalSummary *journal_summary_copy(const JournalSummary *s);
void journal_summary_free(JournalSummary *s); // accepts NULL
// Returns whether a session holds anything. A program that was stopped right after its
// start leaves an empty journal.
bool journal_summary_worth(const JournalSummary *s);

// Returns all sessions, those of running programs too, newest first, as a GPtrArray of
// JournalSummary *, to be unreferenced. Only the fields above `name` are set;
// journal_summary_read(), called once for each session, reads the others. Any thread
// may call both.
GPtrArray *journal_list(const char *folder);
void journal_summary_read(JournalSummary *s);

// Returns the journals that crashes have left, newest first, as a GPtrArray of
// JournalSummary *, to be unreferenced. Journals of running programs and empty ones are
// skipped. A journal that cannot be read at all has the name "".
GPtrArray *journal_scan(const char *folder);

// Returns the path of the newest session that was closed normally, to be freed with
// g_free, or NULL.
char *journal_newest(const char *folder);

// Restores the document of a journal or closed session in `folder`. A new journal with
// the old name continues it, and the old file is put away. Fails if a running program
// uses it.
bool journal_restore(Journal **ret, Document *ret_document, const char *folder,
                     const char *path, char **ret_trouble, GError **error);

// These take a journal or session that no running program uses. The first deletes it.
// The second renames it and fails as journal_set_name() does. The third closes a
// journal that a crash left, so that it is not offered again.
bool journal_discard(const char *path, GError **error);
bool journal_rename(const char *path, const char *name, GError **error);
bool journal_put_away(const char *path, GError **error);

#endif
