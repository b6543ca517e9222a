// Texts as people read them: safe to draw, and numbers in words.
#ifndef UI_TOOLKIT_TEXT_H
#define UI_TOOLKIT_TEXT_H

#include <glib.h>
#include <stdint.h>

// A copy in valid UTF-8 of one line: each control or invisible character, and what is
// no UTF-8, becomes U+FFFD, line ends and tabs a space. Free with g_free.
char *text_printable(const char *text);

// The longest beginning of `text` for which fits(beginning + "…") holds, with the
// ellipsis, or all of it if it fits. Free with g_free.
char *text_shorten(const char *text, gboolean (*fits)(const char *text, void *with),
                   void *with);

// "1:02:03.4" for microseconds: hours only if there are any. Below 0 counts as 0.
void text_time(char ret[24], int64_t time, gboolean tenths);

// "12,345"
void text_count(char ret[32], int64_t count);

#endif
