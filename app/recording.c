#include "app/recording.h"

#include "app/cli.h"
#include "audio/render.h"
#include "model/replace.h"

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

static bool record(const Recording *r, const Performance *p, Synth *synth, FILE *file,
                   GError **error) {
    Wav wav;
    Watch w = {.seconds = (double)performance_end(p) / 1e6,
               .stops = *cli_stop_flag() != 0};
    if (!wav_begin(&wav, file, r->rate, 2, r->bits, error)) return false;
    progress_begin(&w.progress, "rendering");
    bool ok = render_performance(p, synth, &wav, watch, &w, error);
    progress_end(&w.progress);
    if (!ok || !wav_end(&wav, error)) return false;
    if (wav.clipped)
        cli_warn("%s: too loud in places, %" G_GUINT64_FORMAT " samples were clipped",
                 r->path, wav.clipped);
    return true;
}

bool recording_write(const Recording *r, const Performance *p, GError **error) {
    Synth *synth = NULL;
    if (!synth_open(&synth, r->soundfont, r->rate, error)) return false;
    Replace file = {0};
    bool ok;
    if (cli_is_stdio(r->path)) {
        ok = record(r, p, synth, stdout, error);
    } else {
        ok = replace_begin(&file, r->path, error) &&
             record(r, p, synth, file.file, error) && replace_commit(&file, error);
        replace_abort(&file);
    }
    synth_close(synth);
    return ok;
}
