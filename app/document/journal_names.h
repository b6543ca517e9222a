// The names and locks of the files in the folder of sessions; shared by journal.c and
// journal_scan.c.
#ifndef APP_DOCUMENT_JOURNAL_NAMES_H
#define APP_DOCUMENT_JOURNAL_NAMES_H

#include <glib.h>

#define JOURNAL_SUFFIX  ".journal"
#define JOURNAL_DAMAGED ".damaged"

// Returns the path with another suffix, to be freed with g_free.
char *journal_renamed(const char *path, const char *suffix);

// Opens a file of the folder for reading and locks it until it is closed. Returns -1
// with an error if it is in use, missing, or not in the folder.
int journal_claim(const char *folder, const char *path, GError **error);

#endif
