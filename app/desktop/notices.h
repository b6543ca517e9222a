// The messages that the window shows, at most one sentence per concern, next to the
// control that it is about. A failure is shown until another message about its concern
// replaces it or it is withdrawn; a report of success disappears by itself. Used by the
// main thread only.
#ifndef APP_DESKTOP_NOTICES_H
#define APP_DESKTOP_NOTICES_H

#include "ui/view.h"

typedef struct Notice {
    char *text;    // owned; NULL: none
    bool wrong;    // something failed
    int64_t until; // in g_get_monotonic_time(); 0: until it is withdrawn
} Notice;

typedef struct Notices {
    Notice about[CONCERNS];
} Notices;

void notices_clear(Notices *n); // accepts a zeroed struct

// `format` is as for printf().
void notices_say(Notices *n, Concern about, bool wrong, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void notices_fail(Notices *n, Concern about, GError *error); // frees the error
void notices_unsay(Notices *n, Concern about);

// Shows `trouble` for as long as it lasts; "" means none. To be called repeatedly.
void notices_follow(Notices *n, Concern about, const char *trouble);

// The message about a concern, or NULL.
const char *notices_text(const Notices *n, Concern about);

void notices_show(Notices *n, View *ret); // borrows the texts

#endif
