#include "app/base/messages.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

char *message_printable(const char *text) {
    GString *ret = g_string_new(NULL);
    for (const char *at = text; *at;) {
        gunichar c = g_utf8_get_char_validated(at, -1);
        bool valid = c != (gunichar)-1 && c != (gunichar)-2;
        const char *next = valid ? g_utf8_next_char(at) : at + 1;
        if (valid && g_unichar_isprint(c))
            g_string_append_len(ret, at, next - at);
        else if (*at == '\n')
            g_string_append(ret, "\\n");
        else
            for (const char *byte = at; byte < next; byte++)
                g_string_append_printf(ret, "\\x%02x", (unsigned char)*byte);
        at = next;
    }
    return g_string_free(ret, FALSE);
}

static void say(const char *format, va_list arguments) {
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    g_autofree char *line = message_printable(text);
    // Clear a progress line that may be on the terminal.
    fprintf(stderr, "%spar-midi: %s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", line);
}

void message_warn(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

int message_fail(GError *error) {
    message_warn("%s", error->message);
    g_error_free(error);
    return 1;
}

int message_misuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    message_warn("%s (%s --help says more)", what, g_get_prgname());
    return 2;
}

// GLib logs almost nothing but failed allocations at this level, so nothing that
// allocates may be called here.
static void on_log(const char *domain, GLogLevelFlags level, const char *message,
                   void *data) {
    static const char sentence[] = "par-midi: there is not enough memory\n";
    if (!(level & G_LOG_LEVEL_ERROR) || g_strcmp0(domain, "GLib") != 0) {
        g_log_default_handler(domain, level, message, data);
        return;
    }
    (void)!write(STDERR_FILENO, sentence, sizeof sentence - 1);
    _exit(1);
}

void message_watch_memory(void) {
    g_log_set_default_handler(on_log, NULL);
    // By default cJSON silently leaves out what does not fit into memory, even in the
    // header of a model file.
    cJSON_InitHooks(&(cJSON_Hooks){g_malloc, g_free});
}
