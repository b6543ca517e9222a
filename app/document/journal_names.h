// The names and locks of the files in the folder of sessions; shared by journal.c,
// journal_scan.c and journal_files.c.
//
// The stem of a file is the session's name, if the user gave it one, or else the moment
// it began: 2026-11-30-040522-0. A name belongs to one session: no two files of the
// folder have the same stem but while one takes the place of the other, or after a
// crash at that moment, when both hold the same.
#ifndef APP_DOCUMENT_JOURNAL_NAMES_H
#define APP_DOCUMENT_JOURNAL_NAMES_H

#include <glib.h>
#include <stdbool.h>

#define JOURNAL_SUFFIX  ".journal"
#define JOURNAL_DAMAGED ".damaged"

// Whether a session may be called so. The error says, in a sentence, what speaks
// against it.
bool journal_name_check(const char *name, GError **error);
// Says why a session could not be called so: an errno of journal_move(). False.
bool journal_unnamed(const char *name, int code, GError **error);

// Returns the path with another suffix, to be freed with g_free.
char *journal_renamed(const char *path, const char *suffix);

// Gives a file of the folder, which the caller has locked, the name STEM + suffix.
// *path, which is owned, follows. Returns 0 or an errno, and then nothing has changed;
// EEXIST: a session has the name. One that may have it is `replaced`, a path that the
// caller has locked too, or NULL: it is gone then.
int journal_move(char **path, const char *stem, const char *suffix,
                 const char *replaced);
// The same, by the first name of "STEM", "STEM 2" ... that is free.
int journal_move_beside(char **path, const char *stem, const char *suffix,
                        const char *replaced);

// Opens a file of the folder for reading and locks it until it is closed. Returns -1
// with an error if it is in use, missing, or not in the folder.
int journal_claim(const char *folder, const char *path, GError **error);

#endif
