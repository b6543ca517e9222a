// The options of a command line.
#ifndef APP_BASE_OPTIONS_H
#define APP_BASE_OPTIONS_H

#include <glib.h>
#include <stdbool.h>

// Parses options by GOption: `usage` follows the command's name in --help ("IN.mid -o
// OUT.mid"), `summary` stands above the options and `description` below; both may be
// NULL. --help and --version come by themselves. False: *status is the exit status to
// return with (0 after --help, 2 after a sentence about what is wrong, an empty name
// included). The arguments left are in argv[1] .. argv[*argc - 1].
bool options_parse(int *argc, char ***argv, const char *usage, const char *summary,
                   const char *description, const GOptionEntry *entries, int *status);

#endif
