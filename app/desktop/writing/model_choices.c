#include "app/desktop/writing/model_choices.h"

#include "app/base/models.h"

#include <string.h>

// A new model file appears in the list after this time.
#define STALE (2 * G_USEC_PER_SEC)

void model_choices_clear(ModelChoices *c) {
    choices_clear(&c->list);
    g_free(c->asked);
    *c = (ModelChoices){0};
}

void model_choices_ask(ModelChoices *c, const char *path) {
    g_free(c->asked);
    c->asked = g_canonicalize_filename(path, NULL);
}

char *model_choices_settle(ModelChoices *c, const char *loaded) {
    if (!c->asked || !loaded) return NULL;
    char *asked = g_steal_pointer(&c->asked);
    if (strcmp(asked, loaded) == 0) return asked;
    g_free(asked); // it could not be loaded, so the previous model is back
    return NULL;
}

static void list(ModelChoices *c, const char *loaded) {
    g_auto(GStrv) paths = models_paths();
    choices_begin(&c->list);
    for (char **at = paths; *at; at++) {
        g_autofree char *name = models_name(*at),
                        *shown = g_filename_display_name(name);
        choices_add(&c->list, shown, *at);
    }
    if (!loaded || choices_have(&c->list, loaded)) return;
    // A file outside the listed folders.
    g_autofree char *shown = g_filename_display_basename(loaded);
    choices_add(&c->list, shown, loaded);
}

void model_choices_show(ModelChoices *c, const char *loaded, View *ret) {
    int64_t now = g_get_monotonic_time();
    bool unlisted = loaded && c->listed && !choices_have(&c->list, loaded);
    if (!c->listed || now > c->listed + STALE || unlisted) {
        list(c, loaded);
        c->listed = now;
    }
    ret->generation.models = choices_show(&c->list, loaded ? loaded : "");
}
