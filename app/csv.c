#include "app/csv.h"

#include <string.h>

void csv_init(Csv *c, const char *text, size_t size) {
    *c = (Csv){text, text + size};
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) c->next += 3;
}

// Reads past the end of a line, if one is here.
static bool line_end(Csv *c) {
    const char *p = c->next;
    if (p < c->end && *p == '\r') p++;
    if (p == c->end || *p != '\n') return false;
    c->next = p + 1;
    return true;
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
        bool comma = c->next < c->end && *c->next == ',';
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
