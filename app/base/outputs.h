// What a piece of work writes must be neither what it reads nor written twice, by
// whatever names and links: a file that is read would be lost. Every command that
// writes, and the window's exports, ask here before anything begins.
#ifndef APP_BASE_OUTPUTS_H
#define APP_BASE_OUTPUTS_H

#include <glib.h>
#include <stdbool.h>

// Names of files, borrowed: NULL is none, "-" the standard stream, which a shell may
// have opened a file for.
typedef struct Paths {
    const char *const *paths;
    size_t count;
} Paths;

// Files are the same by device and inode; those that are not there yet by their
// folder's and their name. What replace.h writes in passing counts. False: with a
// sentence that names the first that are.
bool outputs_are_apart(Paths inputs, Paths outputs, GError **error);

// The same for a command: 0, or the status to leave with after the sentence.
int outputs_check(Paths inputs, Paths outputs);

#define PATHS(...)                                                                     \
    ((Paths){(const char *const[]){__VA_ARGS__},                                       \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)})

#endif
