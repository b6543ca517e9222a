#include "app/sound/sound_export.h"

#include "app/base/paths.h"
#include "midi/performance.h"
#include "model/files/replace.h"

#include <math.h>

// Calls `progress` for a part of the work, which begins at `from` and is this `share`
// of the whole, and remembers whether the export was stopped.
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

// Plays on a new synth, so that the sound is the same every time.
static bool play(const SoundExport *x, const Performance *p, FILE *file, Asked *asked,
                 SoundExported *ret, GError **error) {
    SoundFile sound;
    Synth *synth = NULL;
    if (!synth_open(&synth, x->soundfont, x->format.rate, error)) return false;
    synth_set_reverb(synth, x->reverb);
    bool ok = sound_file_begin(&sound, file, x->format, error);
    sound.quantize.gain = (float)pow(10, ret->gain / 20);
    ok = ok && render_performance(p, synth, &sound, ask, asked, error) &&
         sound_file_end(&sound, error);
    sound_file_clear(&sound);
    synth_close(synth);
    ret->peak = decibels((double)sound.quantize.peak);
    ret->clipped = sound.quantize.clipped;
    if (!ok)
        g_prefix_error(error,
                       "%s: ", path_is_stdio(x->path) ? "standard output" : x->path);
    return ok;
}

static bool play_into_file(const SoundExport *x, const Performance *p, Asked *asked,
                           SoundExported *ret, GError **error) {
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

bool sound_export(const SoundExport *x, const Performance *p, RenderProgress progress,
                  void *data, SoundExported *ret, GError **error) {
    Asked asked = {progress, data, 0, 1, false};
    *ret = (SoundExported){.gain = x->loudness.gain};
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
