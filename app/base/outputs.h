// Checks that no output of a command is also one of its inputs, or given twice, under
// any name or link. Otherwise an input would be lost. Every command that writes, and
// the exports of the window, call it before anything begins.
#ifndef APP_BASE_OUTPUTS_H
#define APP_BASE_OUTPUTS_H

#include <glib.h>
#include <stdbool.h>

// Names of files, borrowed. NULL is skipped; "-" is the standard stream, which a shell
// may have redirected to a file.
typedef struct Paths {
    const char *const *paths;
    size_t count;
} Paths;

// Existing files are compared by device and inode, others by the device and inode of
// their folder and by their name. The temporary files of replace.h count as outputs. On
// failure the error names the first two files that are the same.
bool outputs_are_apart(Paths inputs, Paths outputs, GError **error);

// Does the same for a command. Returns 0, or the exit status after printing the
// message.
int outputs_check(Paths inputs, Paths outputs);

#define PATHS(...)                                                                     \
    ((Paths){(const char *const[]){__VA_ARGS__},                                       \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)})

#endif
