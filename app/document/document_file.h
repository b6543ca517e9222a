// A document as a file: its history (app/document/history.h) and nothing else. The
// session that a user saves and the journal that the program keeps are the same bytes,
// so that there is one format to read, to trust and to test, and a saved session undoes
// as far back as the one on screen.
#ifndef APP_DOCUMENT_DOCUMENT_FILE_H
#define APP_DOCUMENT_DOCUMENT_FILE_H

#include "app/document/document.h"

#define DOCUMENT_SUFFIX ".par-midi"

// Does again what the bytes say. Takes any bytes: what is damaged, and what makes no
// sense, ends the reading, and what came before is the document; then *ret_trouble is a
// sentence about it, else NULL; to be freed. An error if there is not even a root;
// `ret` is overwritten on success only.
bool document_parse(Document *ret, const uint8_t *bytes, size_t size, const char *name,
                    char **ret_trouble, GError **error);

// A regular file of at most HISTORY_MAX_BYTES; or an open one, `path` for the messages.
bool document_load(Document *ret, const char *path, char **ret_trouble, GError **error);
bool document_read(Document *ret, int fd, const char *path, char **ret_trouble,
                   GError **error);

#endif
