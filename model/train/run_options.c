#include "model/train/run.h"

#include "model/files/replace.h"
#include "model/train/schedule.h"

#include <cjson/cJSON.h>

// The options that config.json keeps for a resumed run.
typedef struct OptionField {
    const char *name;
    int *whole;
    int64_t *wide;
    double *number;
    const char *const *names; // if *whole is the index of a name, its names
    bool later;               // older runs lack it, and its value is 0 then
} OptionField;

enum { OPTION_FIELDS = 43 };

static void option_fields(OptionField *f, TrainOptions *o) {
    const OptionField fields[OPTION_FIELDS] = {
        {.name = "vocabulary", .whole = &o->config.vocabulary},
        {.name = "context", .whole = &o->config.context},
        {.name = "latents", .whole = &o->config.latents},
        {.name = "width", .whole = &o->config.width},
        {.name = "heads", .whole = &o->config.heads},
        {.name = "layers", .whole = &o->config.layers},
        {.name = "rotary_max_wavelength", .number = &o->config.rotary_wavelength},
        {.name = "recall_heads", .whole = &o->config.recall_heads, .later = true},
        {.name = "recall_layer", .whole = &o->config.recall_layer, .later = true},
        {.name = "recall_first", .whole = &o->config.recall_first, .later = true},
        {.name = "recall_end", .whole = &o->config.recall_end, .later = true},
        {.name = "chord_steps", .whole = &o->config.chord_steps, .later = true},
        {.name = "time_first", .whole = &o->config.time_first, .later = true},
        {.name = "time_end", .whole = &o->config.time_end, .later = true},
        {.name = "gates", .whole = &o->config.gates, .later = true},
        {.name = "values", .whole = &o->config.values, .later = true},
        {.name = "logit_cap", .whole = &o->config.logit_cap, .later = true},
        {.name = "batch", .whole = &o->batch},
        {.name = "steps", .wide = &o->steps},
        {.name = "minutes", .number = &o->minutes},
        {.name = "muon", .whole = &o->muon, .later = true},
        {.name = "schedule",
         .whole = &o->schedule,
         .names = schedule_names,
         .later = true},
        {.name = "rate", .number = &o->rate},
        {.name = "reading", .number = &o->reading, .later = true},
        {.name = "warmup", .wide = &o->warmup},
        {.name = "decay", .number = &o->decay},
        {.name = "decay_epochs", .number = &o->decay_epochs, .later = true},
        {.name = "average", .number = &o->average, .later = true},
        {.name = "beta2", .number = &o->beta2},
        {.name = "dropout", .number = &o->dropout},
        {.name = "windows",
         .whole = &o->windows,
         .names = train_windows,
         .later = true},
        {.name = "keep", .number = &o->keep},
        {.name = "span", .whole = &o->span, .later = true},
        {.name = "bias", .number = &o->bias, .later = true},
        {.name = "clip", .number = &o->clip},
        {.name = "mixed", .whole = &o->mixed},
        {.name = "seed", .wide = (int64_t *)&o->seed},
        {.name = "report_every", .whole = &o->report_every},
        {.name = "validate_every", .whole = &o->validate_every},
        {.name = "save_every", .whole = &o->save_every},
        {.name = "validation_windows", .whole = &o->validation_windows},
        {.name = "branched", .wide = &o->branched, .later = true},
        {.name = "branched_elapsed", .number = &o->branched_elapsed, .later = true},
    };
    memcpy(f, fields, sizeof fields);
}

// Appends the changes as --change takes them: "STEP:NAME=VALUE".
static void append_changes(GString *s, const TrainOptions *o) {
    g_string_append(s, "  \"changes\": [");
    for (int i = 0; i < o->change_count; i++) {
        char value[G_ASCII_DTOSTR_BUF_SIZE];
        const TrainChange *c = &o->changes[i];
        g_string_append_printf(s, "%s\"%" G_GINT64_FORMAT ":%s=%s\"", i ? ", " : "",
                               c->step, schedule_change_name(c),
                               g_ascii_dtostr(value, sizeof value, c->value));
    }
    g_string_append(s, "],\n");
}

static bool read_changes(TrainOptions *o, const cJSON *changes) {
    if (!changes) return true; // older runs have no list of changes
    const cJSON *c;
    cJSON_ArrayForEach(c, changes) {
        if (!cJSON_IsString(c) || !schedule_add_change(o, c->valuestring, NULL))
            return false;
    }
    return cJSON_IsArray(changes);
}

bool run_write_options(const TrainRun *r, const TrainOptions *o, GError **error) {
    TrainOptions copy = *o;
    OptionField fields[OPTION_FIELDS];
    option_fields(fields, &copy);
    GString *s = g_string_new("{\n");
    for (int i = 0; i < OPTION_FIELDS; i++) {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        const OptionField *f = &fields[i];
        if (f->number)
            g_ascii_dtostr(text, sizeof text, *f->number);
        else if (f->names)
            g_snprintf(text, sizeof text, "\"%s\"", f->names[*f->whole]);
        else if (f->whole)
            g_snprintf(text, sizeof text, "%d", *f->whole);
        else
            g_snprintf(text, sizeof text, "\"%" G_GINT64_FORMAT "\"", *f->wide);
        g_string_append_printf(s, "  \"%s\": %s,\n", f->name, text);
    }
    append_changes(s, o);
    g_string_append_printf(s, "  \"tokenizer\": \"%s\"\n}\n", o->tokenizer);
    char *path = g_build_filename(r->folder, "config.json", NULL);
    bool ok = replace_contents(path, s->str, s->len, error);
    g_free(path);
    g_string_free(s, TRUE);
    return ok;
}

static bool read_option(const OptionField *f, const cJSON *v) {
    if (!v && f->later) return true;
    for (int i = 0; f->names && f->names[i]; i++)
        if (cJSON_IsString(v) && strcmp(v->valuestring, f->names[i]) == 0) {
            *f->whole = i;
            return true;
        }
    if (f->names) return false;
    if (f->wide)
        return cJSON_IsString(v) &&
               g_ascii_string_to_signed(v->valuestring, 10, G_MININT64, G_MAXINT64,
                                        f->wide, NULL);
    if (!cJSON_IsNumber(v)) return false;
    if (f->number)
        *f->number = v->valuedouble;
    else
        *f->whole = v->valueint;
    return true;
}

// Returns what is wrong with the options, or NULL. A user may have edited config.json.
static const char *wrong_option(const TrainOptions *o) {
    const struct {
        const char *name;
        double value, least, most;
    } bounds[] = {
        {"batch", o->batch, 1, 65536},
        {"muon", o->muon, 0, 1},
        {"rate", o->rate, 0, 10},
        {"reading", o->reading, 0, 1000},
        {"decay", o->decay, 0, 1},
        {"decay_epochs", o->decay_epochs, 0, 1e6},
        {"average", o->average, 0, 0.9999999},
        {"branched", (double)o->branched, 0, 1e12},
        {"branched_elapsed", o->branched_elapsed, 0, 1e12},
        {"beta2", o->beta2, 0, 0.9999999},
        {"dropout", o->dropout, 0, 0.99},
        {"keep", o->keep, 0, 1},
        {"span", o->span, 0, 1 << 20},
        {"bias", o->bias, 0, 1},
        {"clip", o->clip, 1e-9, 1e9},
        {"warmup", (double)o->warmup, 0, 1e9},
        {"minutes", o->minutes, 0, 1e6},
        {"steps", (double)o->steps, o->minutes > 0 ? 0 : 1, 1e12},
        {"report_every", o->report_every, 0, 1e9},
        {"validate_every", o->validate_every, 0, 1e9},
        {"save_every", o->save_every, 0, 1e9},
        {"validation_windows", o->validation_windows, 0, 1e6},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++)
        if (!(bounds[i].value >= bounds[i].least && bounds[i].value <= bounds[i].most))
            return bounds[i].name;
    return NULL;
}

bool train_options_load(TrainOptions *ret, const char *run, GError **error) {
    char *path = g_build_filename(run, "config.json", NULL), *text = NULL;
    TrainOptions o = {0};
    OptionField fields[OPTION_FIELDS];
    option_fields(fields, &o);
    bool ok = g_file_get_contents(path, &text, NULL, error);
    cJSON *json = ok ? cJSON_Parse(text) : NULL;
    const char *wrong = ok && !json ? "is not JSON" : NULL;
    for (int i = 0; ok && !wrong && i < OPTION_FIELDS; i++)
        if (!read_option(&fields[i],
                         cJSON_GetObjectItemCaseSensitive(json, fields[i].name)))
            wrong = fields[i].name;
    const cJSON *tokenizer = cJSON_GetObjectItemCaseSensitive(json, "tokenizer");
    if (ok && !wrong && !cJSON_IsString(tokenizer)) wrong = "tokenizer";
    if (ok && !wrong &&
        !read_changes(&o, cJSON_GetObjectItemCaseSensitive(json, "changes")))
        wrong = "changes";
    if (ok && !wrong) wrong = wrong_option(&o);
    if (wrong) {
        g_set_error(error, MODEL_ERROR, 0, "%s: is not a run's: \"%s\" is wrong", path,
                    wrong);
        ok = false;
    }
    if (ok && (ok = config_check(&o.config, error))) {
        *ret = o;
        ret->tokenizer = g_strdup(tokenizer->valuestring);
        ret->config.places = train_copies(ret);
    }
    cJSON_Delete(json);
    g_free(text);
    g_free(path);
    return ok;
}
