#include "app/cli.h"
#include "app/commands.h"
#include "app/dataset_list.h"
#include "app/evaluation.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#define NOT_GIVEN G_MININT

typedef struct Arguments {
    char **paths; // owned, as all texts here
    char *model, *split, *tokenizer;
    int context, latents, stride, limit, threads; // 1 or more, or NOT_GIVEN
    gboolean json, verbose;
} Arguments;

static int check(const Arguments *a) {
    const struct {
        const char *name;
        int value;
    } numbers[] = {{"context", a->context},
                   {"latents", a->latents},
                   {"stride", a->stride},
                   {"limit", a->limit},
                   {"threads", a->threads}};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (numbers[i].value != NOT_GIVEN && numbers[i].value < 1)
            return cli_misuse("--%s must be 1 or more", numbers[i].name);
    Split split;
    if (a->split && !split_from_name(a->split, &split))
        return cli_misuse("there is no split \"%s\", only train, validation and test",
                          a->split);
    if (!a->paths[0]) return cli_misuse("a MIDI file or a folder of them is missing");
    return 0;
}

static bool parse(Arguments *a, int argc, char **argv, int *status) {
    *a = (Arguments){.context = NOT_GIVEN,
                     .latents = NOT_GIVEN,
                     .stride = NOT_GIVEN,
                     .limit = NOT_GIVEN,
                     .threads = NOT_GIVEN};
    // clang-format off
    const GOptionEntry entries[] = {
        {"model", 'm', 0, G_OPTION_ARG_FILENAME, &a->model, "The model (the one that ships)", "FILE"},
        {"split", 's', 0, G_OPTION_ARG_STRING, &a->split,
         "Of folders: train, validation or test (validation)", "NAME"},
        {"context", 'c', 0, G_OPTION_ARG_INT, &a->context,
         "Tokens a prediction attends to (as trained)", "N"},
        {"latents", 0, 0, G_OPTION_ARG_INT, &a->latents,
         "Positions in the deep stack (as trained)", "N"},
        {"stride", 0, 0, G_OPTION_ARG_INT, &a->stride,
         "Tokens from window to window (half the latents)", "N"},
        {"limit", 'n', 0, G_OPTION_ARG_INT, &a->limit,
         "At most N files, spread over all", "N"},
        {"tokenizer", 0, 0, G_OPTION_ARG_STRING, &a->tokenizer,
         "For a model that does not name its own", "NAME"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &a->threads, "Threads (every core)", "N"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &a->verbose, "A line for each file too", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a->json, "The answer as JSON", NULL},
        {0},
    };
    // clang-format on
    bool ok = cli_parse(
        &argc, &argv, "PATH...",
        "Measures how likely performances are under a model, in nats "
        "(natural logarithms):\nthe fewer, the better. PATH is a MIDI "
        "file or a folder, of which a split is taken\nas par-midi train "
        "takes it.",
        "In brackets: what is taken if nothing is given.", entries, status);
    a->paths = ok ? g_strdupv(argv + 1) : g_new0(char *, 1);
    if (ok) *status = check(a);
    return ok && *status == 0;
}

static void arguments_clear(Arguments *a) {
    g_strfreev(a->paths);
    g_free(a->model);
    g_free(a->split);
    g_free(a->tokenizer);
}

static bool list_folder(const Arguments *a, const char *folder, GPtrArray *paths,
                        GError **error) {
    Split split = SPLIT_VALIDATION;
    if (a->split) split_from_name(a->split, &split);
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) files = dataset_list(folder, reasons, error);
    if (!files) return false;
    for (guint i = 0; i < reasons->len; i++)
        cli_warn("left out: %s", (char *)reasons->pdata[i]);
    guint before = paths->len;
    for (guint i = 0; i < files->len; i++) {
        const DatasetFile *f = files->pdata[i];
        if (f->split == split) g_ptr_array_add(paths, g_strdup(f->path));
    }
    if (paths->len > before) return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s: has no file for %s",
                folder, split_names[split]);
    return false;
}

// Some of many, evenly spread: the first would be of one composer or year.
static GPtrArray *thin_out(GPtrArray *paths, int limit) {
    GPtrArray *some = g_ptr_array_new_with_free_func(g_free);
    for (guint64 i = 0; i < (guint64)limit; i++) {
        gpointer *path = &paths->pdata[i * paths->len / (guint64)limit];
        g_ptr_array_add(some, g_steal_pointer(path));
    }
    g_ptr_array_unref(paths);
    return some;
}

static GPtrArray *list_paths(const Arguments *a, GError **error) {
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    for (char **path = a->paths; *path; path++) {
        if (!g_file_test(*path, G_FILE_TEST_IS_DIR)) {
            g_ptr_array_add(paths, g_strdup(*path));
        } else if (!list_folder(a, *path, paths, error)) {
            g_ptr_array_unref(paths);
            return NULL;
        }
    }
    bool too_many = a->limit > 0 && (guint)a->limit < paths->len;
    return too_many ? thin_out(paths, a->limit) : paths;
}

typedef struct Rates {
    double token, note, second; // nats for each
} Rates;

static Rates rates(const Score *s) {
    double nats = s->likelihood.nats;
    return (Rates){nats / (double)MAX(1, s->likelihood.tokens),
                   nats / (double)MAX(1, s->notes), nats / MAX(1e-6, s->seconds)};
}

static cJSON *score_json(const Score *s) {
    cJSON *json = cJSON_CreateObject();
    Rates r = rates(s);
    cJSON_AddNumberToObject(json, "nats_per_token", r.token);
    cJSON_AddNumberToObject(json, "nats_per_note", r.note);
    cJSON_AddNumberToObject(json, "nats_per_second", r.second);
    cJSON_AddNumberToObject(json, "tokens", (double)s->likelihood.tokens);
    cJSON_AddNumberToObject(json, "notes", (double)s->notes);
    cJSON_AddNumberToObject(json, "seconds", s->seconds);
    return json;
}

static void say_file(cJSON *pieces, const char *path, const Score *s, bool verbose) {
    g_autofree char *name = cli_printable(path);
    cJSON *json = score_json(s);
    cJSON_AddStringToObject(json, "file", name);
    cJSON_AddItemToArray(pieces, json);
    if (!verbose) return;
    Rates r = rates(s);
    printf("%.4f nats per token, %.3f per note, %.2f per second  %s\n", r.token, r.note,
           r.second, name);
}

static void say_json(const Evaluation *e, const Score *sum, int files, int skipped,
                     cJSON *pieces) {
    cJSON *json = score_json(sum);
    cJSON_AddNumberToObject(json, "files", files);
    cJSON_AddNumberToObject(json, "skipped", skipped);
    cJSON_AddStringToObject(json, "model_sha256", e->model.hash);
    cJSON_AddStringToObject(json, "tokenizer", tokenizer_name(e->kind));
    cJSON_AddNumberToObject(json, "context", e->config.context);
    cJSON_AddNumberToObject(json, "latents", e->config.latents);
    cJSON_AddNumberToObject(json, "stride", e->stride);
    cJSON_AddItemToObject(json, "pieces", cJSON_Duplicate(pieces, true));
    char *text = cJSON_Print(json);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(json);
}

static void say_text(const Score *sum, int files, int skipped) {
    Rates r = rates(sum);
    printf("nats per token   %.4f\n", r.token);
    printf("nats per note    %.4f\n", r.note);
    printf("nats per second  %.4f\n", r.second);
    printf("%" G_GINT64_FORMAT " tokens, %" G_GINT64_FORMAT
           " notes, %.1f minutes in %d "
           "files; %d left out\n",
           sum->likelihood.tokens, sum->notes, sum->seconds / 60, files, skipped);
}

static int evaluate(const Arguments *a, const Evaluation *e, const GPtrArray *paths) {
    const volatile int *stop = cli_stop_flag();
    cJSON *pieces = cJSON_CreateArray();
    Score sum = {0};
    int files = 0, skipped = 0;
    Progress progress;
    progress_begin(&progress, "evaluating");
    for (guint i = 0; i < paths->len && !*stop; i++) {
        Score s;
        GError *error = NULL;
        progress_show(&progress, (double)i / paths->len, NULL);
        if (evaluation_measure(e, paths->pdata[i], &s, &error)) {
            say_file(pieces, paths->pdata[i], &s, a->verbose && !a->json);
            score_add(&sum, &s);
            files++;
        } else {
            cli_warn("left out: %s", error->message);
            g_error_free(error);
            skipped++;
        }
    }
    progress_end(&progress);
    if (*stop || files == 0)
        cli_warn(*stop ? "stopped" : "there is nothing to measure");
    else if (a->json)
        say_json(e, &sum, files, skipped, pieces);
    else
        say_text(&sum, files, skipped);
    cJSON_Delete(pieces);
    return *stop ? 128 + *stop : files == 0;
}

static int run(const Arguments *a) {
    GError *error = NULL;
    g_autoptr(GPtrArray) paths = list_paths(a, &error);
    g_autofree char *model = paths ? cli_find_model(a->model, &error) : NULL;
    const EvaluationOptions o = {.model = model,
                                 .tokenizer = a->tokenizer,
                                 .context = MAX(0, a->context),
                                 .latents = MAX(0, a->latents),
                                 .stride = MAX(0, a->stride),
                                 .threads = MAX(0, a->threads)};
    Evaluation e;
    if (!model || !evaluation_open(&e, &o, &error)) return cli_fail(error);
    if (e.config.context > e.model.config.context)
        cli_warn("a context of %d is beyond the %d that the model was trained with",
                 e.config.context, e.model.config.context);
    int status = evaluate(a, &e, paths);
    evaluation_close(&e);
    return status;
}

int cmd_eval(int argc, char **argv) {
    Arguments arguments;
    int status;
    if (parse(&arguments, argc, argv, &status)) status = run(&arguments);
    arguments_clear(&arguments);
    return status;
}
