#include "ui/drawing/text.h"

#include <stdio.h>
#include <string.h>

static gunichar shown(gunichar c) {
    if (c == '\n' || c == '\t' || c == '\r') return ' ';
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: // invisible, and may reverse the direction of the text
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR: return 0xFFFD;
    default: return c;
    }
}

char *text_printable(const char *text) {
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *ret = g_string_new(NULL);
    for (const char *c = valid; *c; c = g_utf8_next_char(c))
        g_string_append_unichar(ret, shown(g_utf8_get_char(c)));
    return g_string_free(ret, FALSE);
}

static char *beginning(const char *text, long characters) {
    const char *end = g_utf8_offset_to_pointer(text, characters);
    while (end > text && end[-1] == ' ') end--;
    g_autofree char *begin = g_strndup(text, (gsize)(end - text));
    return g_strconcat(begin, "…", NULL);
}

char *text_shorten(const char *text, gboolean (*fits)(const char *text, void *with),
                   void *with) {
    if (fits(text, with)) return g_strdup(text);
    long low = 0, high = g_utf8_strlen(text, -1);
    while (low + 1 < high) {
        long middle = (low + high) / 2;
        g_autofree char *try = beginning(text, middle);
        if (fits(try, with))
            low = middle;
        else
            high = middle;
    }
    return beginning(text, low);
}

void text_time(char ret[24], int64_t time, gboolean tenths) {
    int64_t t = MAX(time, 0) / 100000, s = t / 10;
    char fraction[4] = "";
    if (tenths) snprintf(fraction, sizeof fraction, ".%d", (int)(t % 10));
    if (s >= 3600)
        snprintf(ret, 24, "%lld:%02d:%02d%s", (long long)(s / 3600) % 1000000,
                 (int)(s / 60 % 60), (int)(s % 60), fraction);
    else
        snprintf(ret, 24, "%d:%02d%s", (int)(s / 60), (int)(s % 60), fraction);
}

void text_count(char ret[32], int64_t count) {
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)count);
    size_t n = strlen(digits), at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && digits[i - 1] != '-' && (n - i) % 3 == 0) ret[at++] = ',';
        ret[at++] = digits[i];
    }
    ret[at] = 0;
}
