#include "app/sound/recording.h"

#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/paths.h"
#include "app/base/progress.h"
#include "midi/performance.h"

#include <math.h>

#define GAIN_MOST 60

typedef struct Watch {
    Progress progress;
    double seconds; // the length of the music
    int stops;      // interrupts before this began: a stopped take is still rendered
} Watch;

static bool watch(void *data, double done) {
    Watch *w = data;
    double spent = (double)(g_get_monotonic_time() - w->progress.began) / 1e6;
    char rate[32];
    g_snprintf(rate, sizeof rate, "%.0fx", done * w->seconds / MAX(spent, 1e-3));
    progress_show(&w->progress, done, rate);
    return interrupt_count() <= w->stops;
}

bool recording_lacks(const char *needed, bool given, const RecordingWish *w) {
    return options_lack(needed, given,
                        OPTIONS({"rate", w->rate != SOUND_USUAL},
                                {"depth", w->depth != SOUND_USUAL},
                                {"gain", w->gain != 0}, {"normalize", w->normalize},
                                {"reverb", w->reverb != RECORDING_REVERB}));
}

int recording_plan(SoundExport *ret, const char *path, const RecordingWish *w) {
    g_autoptr(GError) error = NULL;
    if (!(w->gain >= -GAIN_MOST && w->gain <= GAIN_MOST)) // or NaN
        return message_misuse("--gain must be from -%d to %d decibels", GAIN_MOST,
                              GAIN_MOST);
    if (options_clash("normalize", w->normalize, OPTIONS({"gain", w->gain != 0})))
        return 2;
    if (!(w->reverb >= 0 && w->reverb <= 100))
        return message_misuse("--reverb must be from 0 to 100 percent");
    *ret = (SoundExport){.path = path,
                         .reverb = (float)w->reverb / 100,
                         .loudness = {w->gain, w->normalize}};
    return sound_format_choose(&ret->format, path, w->rate, w->depth, &error)
               ? 0
               : message_misuse("%s", error->message);
}

static void report(const SoundExport *x, const SoundExported *done) {
    const char *name = path_is_stdio(x->path) ? "the sound" : x->path;
    if (x->loudness.normalize && done->written)
        message_warn("%s: normalized by %+.1f dB", name, done->gain);
    if (done->clipped)
        message_warn("%s: too loud in places, %" G_GUINT64_FORMAT
                     " samples were clipped; "
                     "--gain %.1f or --normalize holds them",
                     name, done->clipped, floor((done->gain - done->peak) * 10) / 10);
}

bool recording_write(const SoundExport *x, const Performance *p, GError **error) {
    SoundExported done;
    Watch w = {.seconds = (double)performance_end(p) / 1e6,
               .stops = *interrupt_flag() != 0};
    progress_begin(&w.progress, "rendering");
    bool ok = sound_export(x, p, watch, &w, &done, error);
    progress_end(&w.progress);
    if (ok) report(x, &done);
    return ok;
}
