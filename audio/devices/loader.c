#include "audio/devices/loader.h"

#include "audio/soundfont.h"

#include <glib.h>

#define LOOK (60 * G_USEC_PER_SEC) // long: the thread is woken when needed

static void say(Loader *l, const char *soundfont, const char *trouble) {
    watchdog_lock(&l->watchdog);
    g_strlcpy(l->state.soundfont, soundfont ? soundfont : "",
              sizeof l->state.soundfont);
    g_strlcpy(l->state.trouble, trouble ? trouble : "", sizeof l->state.trouble);
    watchdog_unlock(&l->watchdog);
}

static bool load(Loader *l, const char *path, int rate, GError **error) {
    Synth *s = NULL;
    if (!synth_open(&s, path, rate, error)) return false;
    if (watchdog_is_abandoned(&l->watchdog)) {
        synth_close(s);
        return true;
    }
    synth_close(engine_give_synth(l->engine, s));
    l->loaded_rate = rate;
    say(l, path, NULL);
    return true;
}

static void tell_failure(Loader *l, const char *why, int rate) {
    bool plays = l->loaded_rate == rate;
    g_autofree char *soundfont = plays ? g_strdup(loader_state(l).soundfont) : NULL;
    g_autofree char *text = g_strconcat(plays ? "Another piano plays: " : "", why,
                                        NULL);
    say(l, soundfont, text);
}

static void follow(Loader *l, const char *path, int rate) {
    g_autoptr(GError) error = NULL;
    if (rate != l->loaded_rate) {
        g_autofree char *light = path ? soundfont_stand_in(path) : NULL;
        say(l, NULL, path ? NULL : "no soundfont is chosen: nothing can be heard");
        if (light) load(l, light, rate, NULL);
    }
    if (path && !load(l, path, rate, &error)) tell_failure(l, error->message, rate);
}

// Returns the path of the chosen SoundFont, to be freed. *ret_rate is 0 if it is loaded
// already.
static char *take_wish(Loader *l, int *ret_rate) {
    watchdog_lock(&l->watchdog);
    char *path = g_strdup(l->path);
    *ret_rate = l->state.busy ? l->rate : 0;
    watchdog_unlock(&l->watchdog);
    return path;
}

static void followed(Loader *l, const char *path, int rate) {
    watchdog_lock(&l->watchdog);
    if (g_strcmp0(path, l->path) == 0 && rate == l->rate) l->state.busy = false;
    watchdog_unlock(&l->watchdog);
}

static void *run(void *data) {
    Loader *l = data;
    int rate;
    do {
        g_autofree char *path = take_wish(l, &rate);
        if (!rate) continue;
        follow(l, path, rate);
        if (watchdog_is_abandoned(&l->watchdog)) return NULL;
        followed(l, path, rate);
    } while (watchdog_await(&l->watchdog, LOOK));
    watchdog_finish(&l->watchdog);
    return NULL;
}

void loader_start(Loader *l, Engine *e) {
    *l = (Loader){.engine = e};
    watchdog_start(&l->watchdog, run, l);
}

void loader_wish(Loader *l, const char *path, int rate) {
    watchdog_lock(&l->watchdog);
    bool same = g_strcmp0(path, l->path) == 0 && rate == l->rate;
    bool well = l->state.busy || !*l->state.trouble;
    if (!same) {
        g_free(l->path);
        l->path = g_strdup(path);
        l->rate = rate;
    }
    l->state.busy |= !same || !well;
    watchdog_unlock_and_wake(&l->watchdog);
}

LoaderState loader_state(Loader *l) {
    watchdog_lock(&l->watchdog);
    LoaderState s = l->state;
    watchdog_unlock(&l->watchdog);
    return s;
}

bool loader_end(Loader *l, int64_t patience) {
    if (!watchdog_end(&l->watchdog, patience)) return false;
    g_free(l->path);
    return true;
}
