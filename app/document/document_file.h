// A document as a file: its history (history.h) and nothing else. The session that a
// user saves and the journal of the program have the same format, so there is one
// format to read, to trust and to test, and a saved session can be undone as far back
// as the one on screen.
#ifndef APP_DOCUMENT_DOCUMENT_FILE_H
#define APP_DOCUMENT_DOCUMENT_FILE_H

#include "app/document/document.h"

#define DOCUMENT_SUFFIX ".par-midi"

// Applies the operations in the bytes. Any bytes are safe: reading ends at the first
// that are damaged or make no sense, and the document is the result of those before. In
// that case *ret_trouble is a sentence about the damage, to be freed with g_free;
// otherwise it is NULL. Fails if there is not even a root. `ret` is overwritten on
// success only.
bool document_parse(Document *ret, const uint8_t *bytes, size_t size, const char *name,
                    char **ret_trouble, GError **error);

// Reads a regular file of at most HISTORY_MAX_BYTES, by name or as an open file whose
// name `path` is used in messages.
bool document_load(Document *ret, const char *path, char **ret_trouble, GError **error);
bool document_read(Document *ret, int fd, const char *path, char **ret_trouble,
                   GError **error);

#endif
