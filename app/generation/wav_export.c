#include "app/generation/wav_export.h"

#include "app/base/paths.h"
#include "midi/performance.h"
#include "model/files/replace.h"

#include <math.h>

// Asks `progress`, which is told of `share` of the way from `from` on, and remembers
// whether it has stopped the export.
typedef struct Asked {
    RenderProgress progress;
    void *data;
    double from, share;
    bool stopped;
} Asked;

static bool ask(void *data, double done) {
    Asked *a = data;
    if (a->progress && !a->progress(a->data, a->from + done * a->share))
        a->stopped = true;
    return !a->stopped;
}

static double decibels(double times) { return 20 * log10(times); }

// On a new synth, so that it sounds the same every time.
static bool play(const WavExport *x, const Performance *p, FILE *file, Asked *asked,
                 WavExported *ret, GError **error) {
    Wav wav;
    Synth *synth = NULL;
    if (!synth_open(&synth, x->soundfont, x->rate, error)) return false;
    bool ok = wav_begin(&wav, file, x->rate, 2, x->bits, error);
    wav.gain = (float)pow(10, ret->gain / 20);
    ok = ok && render_performance(p, synth, &wav, ask, asked, error) &&
         wav_end(&wav, error);
    synth_close(synth);
    ret->peak = decibels((double)wav.peak);
    ret->clipped = wav.clipped;
    if (!ok)
        g_prefix_error(error,
                       "%s: ", path_is_stdio(x->path) ? "standard output" : x->path);
    return ok;
}

static bool play_into_file(const WavExport *x, const Performance *p, Asked *asked,
                           WavExported *ret, GError **error) {
    ret->written = true;
    if (path_is_stdio(x->path)) return play(x, p, stdout, asked, ret, error);
    Replace file;
    bool ok = replace_begin(&file, x->path, error) &&
              play(x, p, file.file, asked, ret, error);
    ret->written = ok && (ask(asked, 1) || !x->whole);
    ok = ok && (!ret->written || replace_commit(&file, error));
    replace_abort(&file);
    return ok;
}

bool wav_export(const WavExport *x, const Performance *p, RenderProgress progress,
                void *data, WavExported *ret, GError **error) {
    Asked asked = {progress, data, 0, 1, false};
    *ret = (WavExported){.gain = x->loudness.gain};
    if (x->loudness.normalize) {
        asked.share = 0.5;
        ret->gain = 0;
        if (!play(x, p, NULL, &asked, ret, error)) return false;
        if (!ask(&asked, 1)) return true;
        if (isfinite(ret->peak)) ret->gain = LOUDNESS_NORMAL - ret->peak;
        asked.from = 0.5;
    }
    return play_into_file(x, p, &asked, ret, error);
}
