// What the program says on stderr: one sentence a line, which no text from a file can
// make a terminal obey.
#ifndef APP_BASE_MESSAGES_H
#define APP_BASE_MESSAGES_H

#include <glib.h>

// A copy in which a terminal finds nothing to obey: control characters, what is
// invisible and what is no UTF-8 become \xNN, a newline \n. For every text that comes
// from a file.
char *message_printable(const char *text);

// One printable line on stderr, "par-midi: ...", escaped as above.
void message_warn(const char *format, ...) G_GNUC_PRINTF(1, 2);
int message_fail(GError *error); // prints, frees; returns 1
int message_misuse(const char *format, ...) G_GNUC_PRINTF(1, 2); // prints; returns 2

// From here on a want of memory is a sentence and exit status 1, where GLib would
// abort. As after a kill, files are whole, and new or old; what a part of the program
// could do without (a model that is too large) is said by that part instead, and it
// goes on.
void message_watch_memory(void);

#endif
