#include "app/desktop/notices.h"

#include <stdarg.h>
#include <string.h>

#define SHOWN (INT64_C(6) * 1000000) // microseconds that a report of success is shown

void notices_unsay(Notices *n, Concern about) {
    g_free(n->about[about].text);
    n->about[about] = (Notice){0};
}

void notices_clear(Notices *n) {
    for (Concern c = 0; c < CONCERNS; c++) notices_unsay(n, c);
}

void notices_say(Notices *n, Concern about, bool wrong, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    notices_unsay(n, about);
    int64_t until = wrong ? 0 : g_get_monotonic_time() + SHOWN;
    n->about[about] = (Notice){text, wrong, until};
}

void notices_fail(Notices *n, Concern about, GError *error) {
    notices_say(n, about, true, "%s", error ? error->message : "That did not work.");
    g_clear_error(&error);
}

void notices_follow(Notices *n, Concern about, const char *trouble) {
    const Notice *now = &n->about[about];
    if (*trouble && (!now->text || strcmp(now->text, trouble) != 0))
        notices_say(n, about, true, "%s", trouble);
    else if (!*trouble && now->text && now->wrong)
        notices_unsay(n, about);
}

const char *notices_text(const Notices *n, Concern about) {
    return n->about[about].text;
}

void notices_show(Notices *n, View *ret) {
    int64_t now = g_get_monotonic_time();
    for (Concern c = 0; c < CONCERNS; c++) {
        const Notice *notice = &n->about[c];
        if (notice->until && now > notice->until) notices_unsay(n, c);
        ret->notices.messages[c] = (ViewMessage){notice->text, notice->wrong};
    }
}
