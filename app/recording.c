#include "app/recording.h"

#include "app/cli.h"
#include "app/wav_export.h"

typedef struct Watch {
    Progress progress;
    double seconds; // of music
    int stops;      // that it outlives: a take that was stopped is still rendered
} Watch;

static bool watch(void *data, double done) {
    Watch *w = data;
    double spent = (double)(g_get_monotonic_time() - w->progress.began) / 1e6;
    char rate[32];
    g_snprintf(rate, sizeof rate, "%.0fx", done * w->seconds / MAX(spent, 1e-3));
    progress_show(&w->progress, done, rate);
    return cli_stops() <= w->stops;
}

bool recording_write(const Recording *r, const Performance *p, GError **error) {
    WavExported done;
    Watch w = {.seconds = (double)performance_end(p) / 1e6,
               .stops = *cli_stop_flag() != 0};
    WavExport x = {r->path, r->soundfont, r->rate, r->bits, false};
    progress_begin(&w.progress, "rendering");
    bool ok = wav_export(&x, p, watch, &w, &done, error);
    progress_end(&w.progress);
    if (ok && done.clipped)
        cli_warn("%s: too loud in places, %" G_GUINT64_FORMAT " samples were clipped",
                 r->path, done.clipped);
    return ok;
}
