// Writes a file as a whole or not at all: into NAME.tmp beside it, then fsync, rename
// and fsync of the folder. Whatever happens on the way, NAME holds the old bytes or all
// of the new ones, never a part; replace_commit() returning true means that the new
// ones are on the disk.
//
// What a killed program leaves behind is NAME.tmp, which the next try overwrites: so
// there is one writer of a NAME at a time. A symbolic link is followed: what it
// names is replaced. What is there but not a regular file (a folder, a device, a link
// to nothing) is refused. Errors are G_FILE_ERROR: "NAME: could not be written: No
// space left on device".
#ifndef MODEL_FILES_REPLACE_H
#define MODEL_FILES_REPLACE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct Replace {
    FILE *file;             // write here, too
    int code;               // errno of the first replace_write() that failed, or 0
    int folder;             // its descriptor; owned while path is not NULL
    char *path, *temporary; // owned
} Replace;

// NAME.tmp, to be freed.
char *replace_temporary(const char *path);

bool replace_begin(Replace *r, const char *path, GError **error);
// What fails here is remembered and said by replace_commit().
void replace_write(Replace *r, const void *bytes, size_t size);
bool replace_commit(Replace *r, GError **error); // on failure as abort
void replace_abort(Replace *r);                  // accepts what begin left, or zeroes

// Whether replace_begin() would go well: to be asked before a long work. Changes
// nothing; a NAME.tmp that is there stays as it is.
bool replace_check(const char *path, GError **error);

// The three in one, for bytes at hand.
bool replace_contents(const char *path, const void *bytes, size_t size, GError **error);

#endif
