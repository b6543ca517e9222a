// The files in the sessions' folder, and who may touch which: for
// app/document/journal.c and app/document/journal_scan.c.
#ifndef APP_DOCUMENT_JOURNAL_NAMES_H
#define APP_DOCUMENT_JOURNAL_NAMES_H

#include <glib.h>

#define JOURNAL_SUFFIX  ".journal"
#define JOURNAL_DAMAGED ".damaged"

// The path with another suffix; free with g_free.
char *journal_renamed(const char *path, const char *suffix);

// Opens a file of the folder, for reading, and locks it against all others; it stays so
// until it is closed. -1: it is in use, gone, or elsewhere.
int journal_claim(const char *folder, const char *path, GError **error);

#endif
