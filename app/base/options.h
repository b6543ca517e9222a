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

// An option by its name, or with its value ("task copy"), and whether it was given.
typedef struct OptionGiven {
    const char *name;
    bool given;
} OptionGiven;

// One or more of them: OPTIONS({"out", a->out}, {"from", a->from}).
#define OPTIONS(...) ((const OptionGiven[]){__VA_ARGS__, {NULL, false}})

// What can be given together, in the same words for all commands. Return whether one of
// `options` was given although `with` was given too, or although what it needs was not;
// then after a message about the first of them:
//     --tokenizer cannot be given with --resume
//     --wake needs --from
bool options_clash(const char *with, bool given, const OptionGiven *options);
bool options_lack(const char *needed, bool given, const OptionGiven *options);

// Reads the value of --seed; NULL leaves *ret unchanged. Returns 0, or the exit status
// after a message.
int options_seed(const char *given, uint64_t *ret);

#endif
