// The options of a command line.
#ifndef APP_BASE_OPTIONS_H
#define APP_BASE_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

// Parses options with GOption. In --help, `usage` follows the name of the command
// ("IN.mid -o OUT.mid"), `summary` stands above the options and `description` below
// them; both may be NULL. --help and --version are added. If it returns false, the
// command must return with the exit status *status: 0 after --help or --version, 2
// after a message about wrong usage, which includes empty file names. The remaining
// arguments are in argv[1] .. argv[*argc - 1].
bool options_parse(int *argc, char ***argv, const char *usage, const char *summary,
                   const char *description, const GOptionEntry *entries, int *status);

// Reads the value of --seed; NULL leaves *ret unchanged. Returns 0, or the exit status
// after a message.
int options_seed(const char *given, uint64_t *ret);

#endif
