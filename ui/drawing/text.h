// Texts for people to read: safe to draw, and formatted numbers.
#ifndef UI_DRAWING_TEXT_H
#define UI_DRAWING_TEXT_H

#include <glib.h>
#include <stdint.h>

// Returns a copy as one line of valid UTF-8, to be freed with g_free. Control
// characters, invisible characters and invalid bytes become U+FFFD; line ends and tabs
// become spaces.
char *text_printable(const char *text);

// Returns `text` if it fits, else the longest beginning of it for which fits(beginning
// + "…") holds, with the ellipsis. To be freed with g_free.
char *text_shorten(const char *text, gboolean (*fits)(const char *text, void *with),
                   void *with);

// "1:02:03.4" for microseconds: hours only if there are any. Below 0 counts as 0.
void text_time(char ret[24], int64_t time, gboolean tenths);

// "12,345"
void text_count(char ret[32], int64_t count);

#endif
