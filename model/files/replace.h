// Replaces a file as a whole or not at all: writes NAME.tmp beside it, then calls
// fsync, rename, and fsync on the folder. Whatever happens in between, NAME holds all
// of the old bytes or all of the new ones. When replace_commit() returns true, the new
// bytes are on the disk.
//
// A killed program leaves NAME.tmp behind, which the next attempt overwrites; so there
// must be only one writer of a NAME at a time. Symbolic links are followed, and their
// targets are replaced. Anything but a regular file (a folder, a device, a dangling
// link) is refused. Errors are G_FILE_ERROR: "NAME: could not be written: No space left
// on device".
#ifndef MODEL_FILES_REPLACE_H
#define MODEL_FILES_REPLACE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct Replace {
    FILE *file;             // callers may also write here
    int code;               // errno of the first replace_write() that failed, or 0
    int folder;             // a descriptor of the folder; owned while path is not NULL
    char *path, *temporary; // owned
} Replace;

// Returns NAME.tmp, to be freed with g_free.
char *replace_temporary(const char *path);

bool replace_begin(Replace *r, const char *path, GError **error);
// A failure is remembered and reported by replace_commit().
void replace_write(Replace *r, const void *bytes, size_t size);
bool replace_commit(Replace *r, GError **error); // on failure, as replace_abort()
void replace_abort(Replace *r); // accepts a zeroed struct, and what begin left

// Returns whether replace_begin() would succeed, to be called before long work. It
// changes nothing; an existing NAME.tmp stays as it is.
bool replace_check(const char *path, GError **error);

// Does all three steps, for bytes in memory.
bool replace_contents(const char *path, const void *bytes, size_t size, GError **error);

#endif
