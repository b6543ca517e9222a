#include "app/base/inputs.h"

#include "app/base/messages.h"
#include "app/base/paths.h"
#include "midi/smf/smf_read.h"

#include <string.h>

// If `path` is one of the two models of a training run and the other one is intact,
// returns the name of the other, else NULL.
static const char *whole_other(const char *path) {
    static const char *const names[] = {"best.safetensors", "last.safetensors"};
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *folder = g_path_get_dirname(path);
    for (int i = 0; i < 2; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        g_autofree char *other = g_build_filename(folder, names[1 - i], NULL);
        Model model;
        if (!model_load(other, &model, NULL)) continue;
        model_free(&model);
        return names[1 - i];
    }
    return NULL;
}

// Reports `wrong`, which it takes over, as an error. Returns false.
static bool fail(const char *path, GError *wrong, GError **error) {
    const char *other = whole_other(path);
    if (!other) {
        g_propagate_error(error, wrong);
        return false;
    }
    g_set_error(error, wrong->domain, wrong->code, "%s; %s beside it is whole",
                wrong->message, other);
    g_error_free(wrong);
    return false;
}

bool input_load_model(const char *path, Model *ret, GError **error) {
    GError *wrong = NULL;
    return model_load(path, ret, &wrong) || fail(path, wrong, error);
}

bool input_load_card(const char *path, Model *ret, ModelCard *ret_card,
                     GError **error) {
    GError *wrong = NULL;
    return model_card_load(path, ret, ret_card, &wrong) || fail(path, wrong, error);
}

static void say_what_is_odd(const char *path, const SmfReport *report) {
    g_autofree char *odd = smf_report_warnings(report);
    if (odd) message_warn("%s: %s", path_input_name(path), odd);
}

bool input_read_midi(const char *path, Performance *ret, GError **error) {
    SmfReport report;
    bool ok = smf_read(path, ret, &report, error);
    if (ok) say_what_is_odd(path, &report);
    return ok;
}

bool input_read_music(const char *path, Performance *ret, GError **error) {
    SmfReport report;
    bool ok = smf_read_music(path, ret, &report, error);
    if (ok) say_what_is_odd(path, &report);
    return ok;
}
