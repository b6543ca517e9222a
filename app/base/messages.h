// Messages on stderr: one sentence per line, escaped so that text from a file cannot
// control the terminal.
#ifndef APP_BASE_MESSAGES_H
#define APP_BASE_MESSAGES_H

#include <glib.h>

// Returns a copy that cannot control a terminal: control characters, invisible
// characters and invalid UTF-8 become \xNN, a newline \n. Use it for every text that
// comes from a file.
char *message_printable(const char *text);

// Prints one line on stderr, "par-midi: ...", escaped as above.
void message_warn(const char *format, ...) G_GNUC_PRINTF(1, 2);
int message_fail(GError *error); // prints, frees; returns 1
int message_misuse(const char *format, ...) G_GNUC_PRINTF(1, 2); // prints; returns 2

// After this call, a lack of memory ends the program with a sentence and exit status 1
// instead of GLib's abort. Files are then as after a kill: whole, and either old or
// new. A part of the program that can continue without the memory (if a model is too
// large) reports the lack by itself and continues.
void message_watch_memory(void);

#endif
