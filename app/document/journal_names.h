// The names and locks of the files in the folder of sessions; shared by journal.c,
// journal_scan.c and journal_files.c.
//
// The stem of a file is the session's name, if the user gave it one, or else the moment
// it began: 2026-11-30-040522-0. A name belongs to one session: two files of the folder
// have the same stem only while one replaces the other, or after a crash during that,
// and then both hold the same.
#ifndef APP_DOCUMENT_JOURNAL_NAMES_H
#define APP_DOCUMENT_JOURNAL_NAMES_H

#include <glib.h>
#include <stdbool.h>

#define JOURNAL_SUFFIX  ".journal"
#define JOURNAL_DAMAGED ".damaged"

// Returns whether a session may have this name. If not, the error says why in a
// sentence.
bool journal_name_check(const char *name, GError **error);
// Reports an errno of journal_move() as a sentence: why a session could not be given
// this name. Always returns false.
bool journal_unnamed(const char *name, int code, GError **error);

// Returns the path with another suffix, to be freed with g_free.
char *journal_renamed(const char *path, const char *suffix);

// Gives a file of the folder, which the caller has locked, the name STEM + suffix.
// *path, which is owned, is updated. Returns 0, or an errno if nothing was changed;
// EEXIST means that another session has the name. `replaced` is NULL or the path of a
// file that may have the name and is deleted then; the caller has locked it too.
int journal_move(char **path, const char *stem, const char *suffix,
                 const char *replaced);
// The same with the first free name of "STEM", "STEM 2", "STEM 3" ...
int journal_move_beside(char **path, const char *stem, const char *suffix,
                        const char *replaced);

// Opens a file of the folder for reading and locks it until it is closed. Returns -1
// with an error if it is in use, missing, or not in the folder.
int journal_claim(const char *folder, const char *path, GError **error);

#endif
