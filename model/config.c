#include "model/config.h"

G_DEFINE_QUARK(model_error, model_error)

static bool recall_check(const Config *c, GError **error) {
    const char *wrong = NULL;
    if (c->recall_heads < 1 || c->recall_heads > 64)
        wrong = "recall_heads must be from 1 to 64";
    else if (c->recall_layer < 0 || c->recall_layer >= c->layers)
        wrong = "recall_layer must be one of the layers, counted from 0";
    else if (c->recall_first < 0 || c->recall_first >= c->recall_end ||
             c->recall_end > c->vocabulary)
        wrong = "recall_first and recall_end must be a range of the vocabulary";
    else if ((config_recalled(c) + 2 * (int64_t)c->vocabulary) * c->recall_heads *
                 c->width >
             G_MAXINT32)
        wrong = "recall_heads are too many for this vocabulary and width";
    if (wrong) g_set_error_literal(error, MODEL_ERROR, 0, wrong);
    return !wrong;
}

static bool chords_check(const Config *c, GError **error) {
    const char *wrong = NULL;
    if (c->chord_steps > 1000 || c->chord_steps < 0)
        wrong = "chord_steps must be from 0 to 1000";
    else if (!c->recall_heads || config_recalled(c) > CONFIG_CHORD_IDS)
        wrong = "chord_steps need recall of at most 128 ids";
    else if (c->time_first < 0 || c->time_first >= c->time_end ||
             c->time_end > c->vocabulary)
        wrong = "time_first and time_end must be a range of the vocabulary";
    else if (c->time_first < c->recall_end && c->recall_first < c->time_end)
        wrong = "time_first and time_end must be a range apart from recall's";
    if (wrong) g_set_error_literal(error, MODEL_ERROR, 0, wrong);
    return !wrong;
}

bool config_check(const Config *c, GError **error) {
    const struct {
        const char *name;
        int value, least, most;
    } bounds[] = {
        {"vocab_size", c->vocabulary, 2, 1 << 16},
        {"context", c->context, 1, 1 << 20},
        {"latents", c->latents, 1, 1 << 14},
        {"width", c->width, 4, 1 << 13},
        {"heads", c->heads, 1, 256},
        {"layers", c->layers, 0, 256},
        {"logit_cap", c->logit_cap, 0, CONFIG_CAP_MOST},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
        if (bounds[i].value >= bounds[i].least && bounds[i].value <= bounds[i].most)
            continue;
        g_set_error(error, MODEL_ERROR, 0, "%s is %d, it must be from %d to %d",
                    bounds[i].name, bounds[i].value, bounds[i].least, bounds[i].most);
        return false;
    }
    if (c->width % c->heads != 0 || c->width / c->heads < 4) {
        g_set_error(error, MODEL_ERROR, 0,
                    "a width of %d cannot be shared by %d heads of 4 or more channels",
                    c->width, c->heads);
        return false;
    }
    if (c->latents > c->context) {
        g_set_error(error, MODEL_ERROR, 0, "%d latents are more than the context of %d",
                    c->latents, c->context);
        return false;
    }
    if ((int64_t)c->context * c->width > G_MAXINT32) {
        g_set_error(error, MODEL_ERROR, 0,
                    "a context of %d is too long for a width of %d: %d at most",
                    c->context, c->width, G_MAXINT32 / c->width);
        return false;
    }
    if (!(c->rotary_wavelength >= 1 && c->rotary_wavelength <= 1e9)) {
        g_set_error(error, MODEL_ERROR, 0,
                    "rotary_max_wavelength is %g, it must be from 1 to 1e9",
                    c->rotary_wavelength);
        return false;
    }
    return (c->recall_heads == 0 || recall_check(c, error)) &&
           (c->chord_steps == 0 || chords_check(c, error));
}
