// What the program has to say, one sentence a concern, which the window shows beside
// what it is about. A sentence that tells of a failure stays until the next about its
// concern, or until it is taken away; one that tells what was done goes by itself. The
// main thread's.
#ifndef APP_DESKTOP_NOTICES_H
#define APP_DESKTOP_NOTICES_H

#include "ui/view.h"

typedef struct Notice {
    char *text;    // owned; NULL: none
    bool wrong;    // something failed
    int64_t until; // of g_get_monotonic_time(); 0: until it is taken away
} Notice;

typedef struct Notices {
    Notice about[CONCERNS];
} Notices;

void notices_clear(Notices *n); // accepts a zeroed struct

// The text is printf's.
void notices_say(Notices *n, Concern about, bool wrong, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void notices_fail(Notices *n, Concern about, GError *error); // frees it
void notices_unsay(Notices *n, Concern about);

// Says what keeps something from working for as long as that is so: "" is nothing.
void notices_follow(Notices *n, Concern about, const char *trouble);

// What is said about it, or NULL.
const char *notices_text(const Notices *n, Concern about);

void notices_show(Notices *n, View *ret); // borrows the texts

#endif
