#include "app/base/json.h"

#include "app/base/messages.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>

// Outside of strings JSON is plain ASCII. Within strings cJSON has escaped the control
// characters below the space; the rest should be UTF-8 but may be invalid.
static void append(GString *ret, gunichar c) {
    if (c < 0x10000) {
        g_string_append_printf(ret, "\\u%04x", c);
    } else {
        c -= 0x10000;
        g_string_append_printf(ret, "\\u%04x\\u%04x", 0xD800 + (c >> 10),
                               0xDC00 + (c & 0x3FF));
    }
}

void json_print(cJSON *json) {
    char *text = cJSON_Print(json);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *plain = g_string_new(NULL);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == '\n' || c == '\t' || g_unichar_isprint(c))
            g_string_append_unichar(plain, c);
        else
            append(plain, c);
    }
    puts(plain->str);
    g_string_free(plain, TRUE);
    cJSON_free(text);
    cJSON_Delete(json);
}

void json_add_text(cJSON *to, const char *key, const char *text) {
    g_autofree char *printable = text ? message_printable(text) : NULL;
    cJSON_AddItemToObject(
        to, key, printable ? cJSON_CreateString(printable) : cJSON_CreateNull());
}

void json_add_number(cJSON *to, const char *key, double x) {
    cJSON_AddItemToObject(to, key,
                          isfinite(x) ? cJSON_CreateNumber(x) : cJSON_CreateNull());
}
