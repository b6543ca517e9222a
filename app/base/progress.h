// A progress line for work that takes longer than a second: "reading files 42 % 3.1x
// 0:12 left". It is redrawn in place on a terminal, and not shown if stderr is no
// terminal.
#ifndef APP_BASE_PROGRESS_H
#define APP_BASE_PROGRESS_H

#include <glib.h>
#include <stdbool.h>

typedef struct Progress {
    const char *what;    // borrowed
    gint64 began, drawn; // microseconds; drawn is 0 until the line is shown
    bool terminal;
} Progress;

void progress_begin(Progress *p, const char *what);
// Shows the share `done`, 0-1. `rate` is a text and may be NULL.
void progress_show(Progress *p, double done, const char *rate);
void progress_line(Progress *p, const char *text); // instead of the computed line
void progress_end(Progress *p);                    // clears the line

#endif
