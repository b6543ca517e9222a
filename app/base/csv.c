#include "app/base/csv.h"

#include <string.h>

static bool begins(const char *bytes, size_t size, const char *with, size_t count) {
    return size >= count && memcmp(bytes, with, count) == 0;
}

char *csv_text(const char *bytes, size_t size, size_t *ret_size) {
    bool zeros = size >= 2 && !bytes[0] != !bytes[1];
    const char *from = begins(bytes, size, "\xFF\xFE", 2) || (zeros && !bytes[1])
                           ? "UTF-16LE"
                       : begins(bytes, size, "\xFE\xFF", 2) || zeros ? "UTF-16BE"
                                                                     : NULL;
    gsize count = size;
    char *text = from
                     ? g_convert(bytes, (gssize)size, "UTF-8", from, NULL, &count, NULL)
                     : memcpy(g_malloc(size + 1), bytes, size);
    *ret_size = count;
    return text;
}

// Returns the separator that occurs most often in the current line, or a comma.
static char most_frequent(const Csv *c) {
    static const char separators[] = {',', ';', '\t'};
    int counts[G_N_ELEMENTS(separators)] = {0}, most = 0;
    bool quoted = false;
    for (const char *p = c->next; p < c->end && (quoted || *p != '\n'); p++) {
        if (*p == '"') quoted = !quoted;
        for (size_t i = 0; i < G_N_ELEMENTS(separators) && !quoted; i++)
            counts[i] += *p == separators[i];
    }
    for (int i = 1; i < (int)G_N_ELEMENTS(separators); i++)
        if (counts[i] > counts[most]) most = i;
    return separators[most];
}

// Skips a line end if the next bytes are one.
static bool line_end(Csv *c) {
    const char *p = c->next;
    if (p < c->end && *p == '\r') p++;
    if (p == c->end || *p != '\n') return false;
    c->next = p + 1;
    return true;
}

void csv_init(Csv *c, const char *text, size_t size) {
    *c = (Csv){text, text + size, ','};
    if (begins(text, size, "\xEF\xBB\xBF", 3)) c->next += 3;
    while (line_end(c)) continue;
    c->separator = most_frequent(c);
    Csv after = *c;
    if (!begins(c->next, (size_t)(c->end - c->next), "sep=", 4)) return;
    after.next += MIN(5, after.end - after.next);
    if (!line_end(&after)) return;
    c->separator = c->next[4];
    c->next = after.next;
}

static void quoted(Csv *c, GString *field) {
    for (c->next++; c->next < c->end; c->next++) {
        if (*c->next == '"') {
            c->next++;
            if (c->next == c->end || *c->next != '"') return;
        }
        g_string_append_c(field, *c->next);
    }
}

bool csv_row(Csv *c, GPtrArray *row) {
    g_ptr_array_set_size(row, 0);
    while (line_end(c)) continue;
    if (c->next == c->end) return false;
    GString *field = g_string_new(NULL);
    for (bool more = true; more;) {
        bool comma = c->next < c->end && *c->next == c->separator;
        bool last = c->next == c->end || (!comma && line_end(c));
        if (comma || last) {
            g_ptr_array_add(row, g_strdup(field->str));
            g_string_truncate(field, 0);
            more = !last;
            if (comma) c->next++;
        } else if (*c->next == '"' && field->len == 0) {
            quoted(c, field);
        } else {
            g_string_append_c(field, *c->next++);
        }
    }
    g_string_free(field, TRUE);
    return true;
}
