#include "model/train/schedule.h"

#include <math.h>

const char *const schedule_names[] = {"cosine", "constant", "cooldown", NULL};

// The settings that may change during a run, and their bounds.
static const struct {
    const char *name;
    double least, most;
    bool whole;
} settings[TRAIN_SETTINGS] = {
    [TRAIN_SETTING_BATCH] = {"batch", 1, 65536, true},
    [TRAIN_SETTING_LATENTS] = {"latents", 1, 1 << 14, true},
    [TRAIN_SETTING_RATE] = {"rate", 1e-9, 10, false},
    [TRAIN_SETTING_DROPOUT] = {"dropout", 0, 0.99, false},
    [TRAIN_SETTING_KEEP] = {"keep", 0, 1, false},
};

double schedule_rate(const TrainOptions *now, int64_t step, double done) {
    double warm = (double)(step + 1) / (double)MAX(1, now->warmup), shape = 1;
    if (now->schedule == SCHEDULE_COSINE)
        shape = 0.01 + 0.99 * 0.5 * (1 + cos(3.141592653589793 * done));
    if (now->schedule == SCHEDULE_COOLDOWN) shape = 1 - sqrt(done);
    return now->rate * MIN(warm, 1) * shape;
}

static void make(TrainOptions *o, const TrainChange *c) {
    switch (c->setting) {
    case TRAIN_SETTING_BATCH: o->batch = (int)c->value; break;
    case TRAIN_SETTING_LATENTS: o->config.latents = (int)c->value; break;
    case TRAIN_SETTING_RATE: o->rate = c->value; break;
    case TRAIN_SETTING_DROPOUT: o->dropout = c->value; break;
    case TRAIN_SETTING_KEEP: o->keep = c->value; break;
    case TRAIN_SETTINGS: break;
    }
}

TrainOptions schedule_options(const TrainOptions *o, int64_t step,
                              int64_t epoch_tokens) {
    TrainOptions now = *o;
    for (int i = 0; i < o->change_count; i++)
        if (o->changes[i].step <= step) make(&now, &o->changes[i]);
    if (o->decay_epochs > 0) {
        double latents = (double)now.batch * now.config.latents;
        double steps = MAX(1, (double)epoch_tokens / latents);
        now.decay = MIN(1, 1 / (now.rate * o->decay_epochs * steps));
    }
    return now;
}

Config schedule_largest(const TrainOptions *o) {
    Config c = o->config;
    for (int i = 0; i < o->change_count; i++)
        if (o->changes[i].setting == TRAIN_SETTING_LATENTS)
            c.latents = MAX(c.latents, (int)o->changes[i].value);
    return c;
}

int schedule_smallest_batch(const TrainOptions *o) {
    int least = o->batch;
    for (int i = 0; i < o->change_count; i++)
        if (o->changes[i].setting == TRAIN_SETTING_BATCH)
            least = MIN(least, (int)o->changes[i].value);
    return least;
}

static bool wrong(const char *text, const char *what, GError **error) {
    g_set_error(error, MODEL_ERROR, 0, "\"%s\" is no change: %s", text, what);
    return false;
}

static bool read_change(const char *text, TrainChange *ret, GError **error) {
    const char *colon = strchr(text, ':'), *equals = strchr(text, '=');
    if (!colon || !equals || equals < colon)
        return wrong(text, "it must read STEP:NAME=VALUE", error);
    g_autofree char *step = g_strndup(text, (gsize)(colon - text));
    g_autofree char *name = g_strndup(colon + 1, (gsize)(equals - colon - 1));
    if (!g_ascii_string_to_signed(step, 10, 0, (gint64)1e12, &ret->step, NULL))
        return wrong(text, "its step is not a whole number", error);
    for (int i = 0; i < TRAIN_SETTINGS; i++) {
        if (strcmp(name, settings[i].name) != 0) continue;
        char *end;
        ret->setting = (TrainSetting)i;
        ret->value = g_ascii_strtod(equals + 1, &end);
        if (end == equals + 1 || *end ||
            !(ret->value >= settings[i].least && ret->value <= settings[i].most) ||
            (settings[i].whole && ret->value != floor(ret->value)))
            return wrong(text, "its value is out of bounds", error);
        return true;
    }
    return wrong(text, "only batch, latents, rate, dropout and keep can change", error);
}

bool schedule_add_change(TrainOptions *o, const char *text, GError **error) {
    TrainChange change;
    if (!read_change(text, &change, error)) return false;
    if (o->change_count == TRAIN_CHANGES)
        return wrong(text, "there are too many", error);
    if (o->change_count && o->changes[o->change_count - 1].step > change.step)
        return wrong(text, "it comes before the one given last", error);
    if (change.setting == TRAIN_SETTING_LATENTS && change.value > o->config.context)
        return wrong(text, "there are fewer tokens in the context", error);
    o->changes[o->change_count++] = change;
    return true;
}

const char *schedule_change_name(const TrainChange *c) {
    return settings[c->setting].name;
}
