// What every command shares: options, messages, stopping, and where files are.
#ifndef APP_BASE_CLI_H
#define APP_BASE_CLI_H

#include "app/base/progress.h"
#include "midi/performance.h"
#include "model/files/model.h"

#include <glib.h>
#include <stdbool.h>

// Parses options by GOption: `usage` follows the command's name in --help ("IN.mid -o
// OUT.mid"), `summary` stands above the options and `description` below; both may be
// NULL. --help and --version come by themselves. False: *status is the exit status to
// return with (0 after --help, 2 after a sentence about what is wrong, an empty name
// included). The arguments left are in argv[1] .. argv[*argc - 1].
bool cli_parse(int *argc, char ***argv, const char *usage, const char *summary,
               const char *description, const GOptionEntry *entries, int *status);

// A copy in which a terminal finds nothing to obey: control characters, what is
// invisible and what is no UTF-8 become \xNN, a newline \n. For every text that comes
// from a file.
char *cli_printable(const char *text);

// One printable line on stderr, "par-midi: ...", escaped as above.
void cli_warn(const char *format, ...) G_GNUC_PRINTF(1, 2);
int cli_fail(GError *error);                                 // prints, frees; returns 1
int cli_misuse(const char *format, ...) G_GNUC_PRINTF(1, 2); // prints; returns 2

// From the first call of either on, the first SIGINT or SIGTERM sets *cli_stop_flag()
// to its number; a command that was stopped returns 128 + that. A second, but for
// an echo of the first, ends the program at once. To who counts them with cli_stops()
// the second is still said, as the wish to cut short what a stopped command goes on to
// do, and a third is the end.
const volatile int *cli_stop_flag(void);
int cli_stops(void);

// From here on a want of memory is a sentence and exit status 1, where GLib would
// abort. As after a kill, files are whole, and new or old; what a part of the program
// could do without (a model that is too large) is said by that part instead, and it
// goes on.
void cli_watch_memory(void);

// The model to use, to be freed: `wanted`, else $PAR_MIDI_MODEL, else the one that came
// along: beside the program, in ../share/par-midi from there, which a build folder has
// too, or in the data folder of the prefix it was configured for. NULL with an error
// that says what to do.
char *cli_find_model(const char *wanted, GError **error);

// As model_load(). If that fails and `path` is the best or the last model of a training
// run, of which the other is whole, the sentence says so.
bool cli_load_model(const char *path, Model *ret, GError **error);

// The prompt that the window begins with, to be freed, from the same places; NULL: it
// is nowhere.
char *cli_find_demo(void);

// Read a MIDI file, "-" being standard input, and say on stderr what is odd about it
// and what is left out. Where music is wanted, a file without a note for the piano is
// an error.
bool cli_read_midi(const char *path, Performance *ret, GError **error);
bool cli_read_music(const char *path, Performance *ret, GError **error);

// "-" is a standard stream: its name in messages, or the path itself.
const char *cli_input_name(const char *path);
bool cli_is_stdio(const char *path);

// Writes a file as a whole (model/files/replace.h), or to standard output for "-".
bool cli_write(const char *path, const void *bytes, size_t size, GError **error);

// Finds out before a long work that its result could not be written; changes nothing.
bool cli_can_write(const char *path, GError **error);

#endif
