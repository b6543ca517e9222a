#include "app/sound/mixdown.h"

#include "app/sound/sound_export.h"

#include <stdatomic.h>

struct Mixdown {
    char *path, *soundfont; // owned
    float reverb;
    SoundFormat format;
    Performance performance; // owned
    GThread *thread;
    atomic_bool cancelled, over;
    _Atomic double done;
    bool ok;       // this and the error are valid when it is over
    GError *error; // owned
};

static bool progress(void *data, double done) {
    Mixdown *m = data;
    atomic_store(&m->done, done);
    return !atomic_load(&m->cancelled);
}

static void *run(void *data) {
    Mixdown *m = data;
    SoundExported done = {0};
    SoundExport x = {.path = m->path,
                     .soundfont = m->soundfont,
                     .reverb = m->reverb,
                     .format = m->format,
                     .whole = true};
    m->ok = sound_export(&x, &m->performance, progress, m, &done, &m->error) &&
            done.written;
    atomic_store(&m->over, true);
    return NULL;
}

Mixdown *mixdown_start(const char *path, const char *soundfont, float reverb,
                       SoundFormat format, Performance *p) {
    Mixdown *m = g_new0(Mixdown, 1);
    m->path = g_strdup(path);
    m->soundfont = g_strdup(soundfont);
    m->reverb = reverb;
    m->format = format;
    m->performance = *p;
    *p = (Performance){0};
    m->thread = g_thread_new("mixdown", run, m);
    return m;
}

double mixdown_done(const Mixdown *m, bool *ret_over) {
    *ret_over = atomic_load(&m->over);
    return atomic_load(&m->done);
}

const char *mixdown_path(const Mixdown *m) { return m->path; }

void mixdown_cancel(Mixdown *m) { atomic_store(&m->cancelled, true); }

bool mixdown_finish(Mixdown *m, GError **error) {
    g_thread_join(m->thread);
    bool ok = m->ok;
    if (m->error) g_propagate_error(error, m->error);
    performance_clear(&m->performance);
    g_free(m->path);
    g_free(m->soundfont);
    g_free(m);
    return ok;
}
