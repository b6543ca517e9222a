#include "model/train/run.h"

#include "model/files/model.h"
#include "model/files/replace.h"
#include "model/train/chart.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define STATE    "state.safetensors"
#define PREVIOUS "previous.safetensors"

static char *path_in(const char *folder, const char *name) {
    return g_build_filename(folder, name, NULL);
}

// --- metrics.jsonl ---

static const struct {
    const char *name;
    size_t at;
} metric_fields[] = {
    {"loss", offsetof(Metric, loss)},
    {"validation", offsetof(Metric, validation)},
    {"validation_average", offsetof(Metric, average)},
    {"rate", offsetof(Metric, rate)},
    {"norm", offsetof(Metric, norm)},
    {"latents_per_second", offsetof(Metric, latents_second)},
    {"elapsed", offsetof(Metric, elapsed)},
    {"epoch", offsetof(Metric, epoch)},
};

static double *metric_field(Metric *m, size_t i) {
    return (double *)(void *)((char *)m + metric_fields[i].at);
}

static void append_metric(GString *s, const Metric *m) {
    Metric copy = *m;
    g_string_append_printf(s, "{\"step\": %" G_GINT64_FORMAT, m->step);
    for (size_t i = 0; i < G_N_ELEMENTS(metric_fields); i++) {
        double value = *metric_field(&copy, i);
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        if (!isfinite(value)) continue;
        g_string_append_printf(s, ", \"%s\": %s", metric_fields[i].name,
                               g_ascii_formatd(text, sizeof text, "%.9g", value));
    }
    g_string_append(s, "}\n");
}

static bool parse_metric(const char *line, Metric *ret) {
    cJSON *json = cJSON_Parse(line);
    const cJSON *step = cJSON_GetObjectItemCaseSensitive(json, "step");
    bool ok = cJSON_IsNumber(step);
    if (ok) ret->step = (int64_t)step->valuedouble;
    for (size_t i = 0; i < G_N_ELEMENTS(metric_fields); i++) {
        const cJSON *v = cJSON_GetObjectItemCaseSensitive(json, metric_fields[i].name);
        *metric_field(ret, i) = cJSON_IsNumber(v) ? v->valuedouble : (double)NAN;
    }
    cJSON_Delete(json);
    return ok;
}

bool run_open(TrainRun *ret, const char *folder, GError **error) {
    if (g_mkdir_with_parents(folder, 0777) != 0) {
        g_set_error(error, MODEL_ERROR, 0, "%s: cannot be made: %s", folder,
                    g_strerror(errno));
        return false;
    }
    *ret = (TrainRun){.folder = g_strdup(folder),
                      .metrics = g_array_new(FALSE, FALSE, sizeof(Metric))};
    return true;
}

void run_close(TrainRun *r) {
    g_free(r->folder);
    if (r->metrics) g_array_unref(r->metrics);
    *r = (TrainRun){0};
}

bool run_forget(TrainRun *r, int64_t step, GError **error) {
    g_autofree char *path = path_in(r->folder, "metrics.jsonl"), *text = NULL;
    g_autoptr(GError) unread = NULL;
    g_array_set_size(r->metrics, 0);
    if (!g_file_get_contents(path, &text, NULL, &unread) &&
        !g_error_matches(unread, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_propagate_error(error, g_steal_pointer(&unread));
        return false; // otherwise lines that could not be read would be deleted
    }
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    GString *kept = g_string_new(NULL);
    for (char **line = lines; *line; line++) {
        Metric m;
        if (!parse_metric(*line, &m) || m.step > step) continue;
        g_array_append_val(r->metrics, m);
        append_metric(kept, &m);
    }
    bool ok = replace_contents(path, kept->str, kept->len, error);
    g_string_free(kept, TRUE);
    return ok;
}

bool run_add_metric(TrainRun *r, const Metric *m, GError **error) {
    char *path = path_in(r->folder, "metrics.jsonl");
    GString *line = g_string_new(NULL);
    append_metric(line, m);
    g_array_append_val(r->metrics, *m);
    FILE *file = g_fopen(path, "a");
    bool ok = file && fputs(line->str, file) >= 0;
    if (file) ok = fclose(file) == 0 && ok;
    if (!ok)
        g_set_error(error, MODEL_ERROR, 0, "%s: could not be written: %s", path,
                    g_strerror(errno));
    g_string_free(line, TRUE);
    g_free(path);
    return ok;
}

// --- curves.svg ---

static Curve pick(const TrainRun *r, size_t field, double *x, double *y) {
    Curve c = {.x = x, .y = y};
    for (guint i = 0; i < r->metrics->len; i++) {
        Metric *m = &g_array_index(r->metrics, Metric, i);
        if (!isfinite(*metric_field(m, field))) continue;
        x[c.count] = (double)m->step;
        y[c.count++] = *metric_field(m, field);
    }
    return c;
}

bool run_write_curves(const TrainRun *r, GError **error) {
    guint n = r->metrics->len;
    double *numbers = g_new(double, 6 * n + 1);
    Curve curves[3] = {pick(r, 0, numbers, numbers + n),
                       pick(r, 1, numbers + 2 * n, numbers + 3 * n),
                       pick(r, 2, numbers + 4 * n, numbers + 5 * n)};
    curves[0].name = "training", curves[0].colour = "#9aa5b1";
    curves[1].name = "validation", curves[1].colour = "#d1495b";
    curves[2].name = "of the average", curves[2].colour = "#2d7d9a";
    char *title = g_path_get_basename(r->folder),
         *path = path_in(r->folder, "curves.svg");
    char *svg = chart_svg(title, "step", "nats per token", curves,
                          curves[2].count ? 3 : 2);
    bool ok = replace_contents(path, svg, strlen(svg), error);
    g_free(svg);
    g_free(path);
    g_free(title);
    g_free(numbers);
    return ok;
}

// --- models and state ---

static char *decimal(double x, char *text) {
    return g_ascii_dtostr(text, G_ASCII_DTOSTR_BUF_SIZE, x);
}

bool run_write_model(const TrainRun *r, const char *name, const TrainOptions *o,
                     const Parameters *w, const RunState *at, double validation,
                     GError **error) {
    char step[32], nats[G_ASCII_DTOSTR_BUF_SIZE], hours[G_ASCII_DTOSTR_BUF_SIZE];
    g_snprintf(step, sizeof step, "%" G_GINT64_FORMAT, at->step);
    const char *const extra[] = {"training_step",
                                 step,
                                 "training_seconds",
                                 decimal(at->elapsed, hours),
                                 "validation_nats",
                                 decimal(validation, nats),
                                 NULL};
    char *path = path_in(r->folder, name);
    bool ok = model_save(path, &o->config, w, o->tokenizer, DTYPE_BF16, extra, error);
    g_free(path);
    return ok;
}

static Dtype real_dtype(void) {
    return sizeof(real) == sizeof(float) ? DTYPE_F32 : DTYPE_F64;
}

// A file that cannot be looked up counts as existing, so that nothing is started over
// in its place.
static bool is_there(const TrainRun *r, const char *name) {
    g_autofree char *path = path_in(r->folder, name);
    return g_access(path, F_OK) == 0 || errno != ENOENT;
}

bool run_has_state(const TrainRun *r) {
    return is_there(r, STATE) || is_there(r, PREVIOUS);
}

// A damaged state is not kept, for it would replace the only good one. File systems
// without hard links have no previous state.
static void keep_previous(const TrainRun *r) {
    if (r->state_damaged || !is_there(r, STATE)) return;
    g_autofree char *state = path_in(r->folder, STATE);
    g_autofree char *previous = path_in(r->folder, PREVIOUS);
    g_unlink(previous);
    (void)!link(state, previous);
}

bool run_write_state(TrainRun *r, RunTensors tensors, const RunState *at,
                     GError **error) {
    const Parameters *w = tensors.weights, *average = tensors.average;
    const Optimizer *o = tensors.optimizer;
    char text[11][G_ASCII_DTOSTR_BUF_SIZE];
    g_snprintf(text[0], sizeof text[0], "%" G_GINT64_FORMAT, at->step);
    g_snprintf(text[1], sizeof text[1], "%" G_GINT64_FORMAT, at->loss_count);
    g_snprintf(text[2], sizeof text[2], "%" G_GINT64_FORMAT, at->reported);
    g_snprintf(text[3], sizeof text[3], "%" G_GINT64_FORMAT, at->validated);
    g_snprintf(text[8], sizeof text[8], "%d", at->course.inputs);
    const char *const metadata[] = {
        "step",        text[0],
        "loss_count",  text[1],
        "reported",    text[2],
        "validated",   text[3],
        "elapsed",     decimal(at->elapsed, text[4]),
        "best",        decimal(at->best, text[5]),
        "validation",  decimal(at->validation, text[6]),
        "loss_sum",    decimal(at->loss_sum, text[7]),
        "copy_inputs", text[8],
        "copy_loss",   decimal(at->course.loss, text[9]),
        "average",     decimal(at->average, text[10]),
        NULL,
    };
    const Tensor all[] = {
        {"weights", real_dtype(), 1, {(int64_t)w->count}, w->memory},
        {"adam_m", real_dtype(), 1, {(int64_t)o->count}, o->m},
        {"adam_v", real_dtype(), 1, {(int64_t)o->count}, o->v},
        {"average", real_dtype(), 1, {(int64_t)average->count}, average->memory},
    };
    int count = G_N_ELEMENTS(all) - (average->memory ? 0 : 1);
    keep_previous(r);
    char *path = path_in(r->folder, STATE);
    bool ok = safetensors_write(path, metadata, all, count, error);
    if (ok) r->state_damaged = false;
    g_free(path);
    return ok;
}

static int64_t whole(const Safetensors *s, const char *key) {
    const char *text = safetensors_metadata(s, key);
    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static double fraction(const Safetensors *s, const char *key) {
    const char *text = safetensors_metadata(s, key);
    return text ? g_ascii_strtod(text, NULL) : (double)NAN;
}

static bool copy_tensor(const Safetensors *s, const char *name, real *ret,
                        size_t count) {
    const Tensor *t = safetensors_find(s, name);
    if (!t || t->dtype != real_dtype() || tensor_elements(t) != count) return false;
    memcpy(ret, t->data, count * sizeof *ret);
    return true;
}

static bool read_state(const TrainRun *r, const char *name, RunTensors ret,
                       RunState *at, GError **error) {
    Parameters *w = ret.weights, *average = ret.average;
    Optimizer *o = ret.optimizer;
    char *path = path_in(r->folder, name);
    Safetensors s = {0};
    bool ok = safetensors_read(path, &s, error);
    if (ok) {
        ok = safetensors_metadata(&s, "step") &&
             copy_tensor(&s, "weights", w->memory, w->count) &&
             copy_tensor(&s, "adam_m", o->m, o->count) &&
             copy_tensor(&s, "adam_v", o->v, o->count) &&
             (!average->memory ||
              copy_tensor(&s, "average", average->memory, average->count));
        if (!ok)
            g_set_error(error, MODEL_ERROR, 0, "%s: is not the state of such a run",
                        path);
    }
    if (ok) {
        *at = (RunState){
            .step = whole(&s, "step"),
            .elapsed = fraction(&s, "elapsed"),
            .best = fraction(&s, "best"),
            .validation = fraction(&s, "validation"),
            .average = fraction(&s, "average"),
            .loss_sum = fraction(&s, "loss_sum"),
            .loss_count = whole(&s, "loss_count"),
            .reported = whole(&s, "reported"),
            .validated = whole(&s, "validated"),
            .course = {(int)whole(&s, "copy_inputs"), fraction(&s, "copy_loss")},
        };
        o->step = at->step;
    }
    safetensors_clear(&s);
    g_free(path);
    return ok;
}

bool run_read_state(TrainRun *r, RunTensors ret, RunState *at, char **ret_trouble,
                    GError **error) {
    g_autoptr(GError) newest = NULL;
    *ret_trouble = NULL;
    if (read_state(r, STATE, ret, at, &newest)) return true;
    if (!read_state(r, PREVIOUS, ret, at, NULL)) {
        g_propagate_error(error, g_steal_pointer(&newest));
        return false;
    }
    r->state_damaged = true;
    *ret_trouble = g_strdup_printf("%s; continues from " PREVIOUS
                                   ", at step %" G_GINT64_FORMAT,
                                   newest->message, at->step);
    return true;
}
