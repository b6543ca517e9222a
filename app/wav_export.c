#include "app/wav_export.h"

#include "app/cli.h"
#include "model/replace.h"

// Asks `progress`, and remembers whether it has stopped the export.
typedef struct Asked {
    RenderProgress progress;
    void *data;
    bool stopped;
} Asked;

static bool ask(void *data, double done) {
    Asked *a = data;
    if (a->progress && !a->progress(a->data, done)) a->stopped = true;
    return !a->stopped;
}

static bool play(const WavExport *x, const Performance *p, Synth *synth, FILE *file,
                 Asked *asked, WavExported *ret, GError **error) {
    Wav wav;
    bool ok = wav_begin(&wav, file, x->rate, 2, x->bits, error) &&
              render_performance(p, synth, &wav, ask, asked, error) &&
              wav_end(&wav, error);
    ret->clipped = wav.clipped;
    ret->written = ask(asked, 1) || !x->whole;
    if (!ok)
        g_prefix_error(error,
                       "%s: ", cli_is_stdio(x->path) ? "standard output" : x->path);
    return ok;
}

bool wav_export(const WavExport *x, const Performance *p, RenderProgress progress,
                void *data, WavExported *ret, GError **error) {
    Asked asked = {progress, data, false};
    Synth *synth = NULL;
    if (!synth_open(&synth, x->soundfont, x->rate, error)) return false;
    Replace file = {0};
    bool ok;
    if (cli_is_stdio(x->path)) {
        ok = play(x, p, synth, stdout, &asked, ret, error);
    } else {
        ok = replace_begin(&file, x->path, error) &&
             play(x, p, synth, file.file, &asked, ret, error) &&
             (!ret->written || replace_commit(&file, error));
        replace_abort(&file);
    }
    synth_close(synth);
    return ok;
}
