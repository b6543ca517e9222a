#include "app/base/progress.h"

#include <stdio.h>
#include <unistd.h>

enum { SILENT = 1000000, REDRAW = 100000 }; // microseconds

void progress_begin(Progress *p, const char *what) {
    *p = (Progress){.what = what,
                    .began = g_get_monotonic_time(),
                    .terminal = isatty(STDERR_FILENO)};
}

static bool is_due(const Progress *p, gint64 now) {
    return p->terminal && now - p->began >= SILENT && now - p->drawn >= REDRAW;
}

static void draw(Progress *p, const char *line, gint64 now) {
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
    p->drawn = now;
}

void progress_line(Progress *p, const char *text) {
    gint64 now = g_get_monotonic_time();
    if (is_due(p, now)) draw(p, text, now);
}

void progress_show(Progress *p, double done, const char *rate) {
    gint64 now = g_get_monotonic_time();
    if (!is_due(p, now)) return;
    GString *line = g_string_new(p->what);
    g_string_append_printf(line, "  %d %%", (int)(done * 100));
    if (rate) g_string_append_printf(line, "  %s", rate);
    if (done > 0) {
        double left = (double)(now - p->began) / 1e6 * (1 - done) / done;
        int seconds = (int)MIN(left, 3599999.0);
        if (seconds >= 3600)
            g_string_append_printf(line, "  %d:%02d:%02d left", seconds / 3600,
                                   seconds / 60 % 60, seconds % 60);
        else
            g_string_append_printf(line, "  %d:%02d left", seconds / 60, seconds % 60);
    }
    draw(p, line->str, now);
    g_string_free(line, TRUE);
}

void progress_end(Progress *p) {
    if (!p->drawn) return;
    fputs("\r\033[K", stderr);
    p->drawn = 0;
}
