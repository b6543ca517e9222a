#include "app/commands/train/train_task.h"

#include "app/base/inputs.h"
#include "app/base/messages.h"
#include "app/base/models.h"
#include "app/base/outputs.h"
#include "app/base/paths.h"
#include "app/commands/train/train_view.h"
#include "app/data/ids_list.h"
#include "app/data/repertoire.h"
#include "model/train/run.h"

#include <glib/gstdio.h>

char *train_task_file(const TrainTask *t, const char *name) {
    return g_build_filename(t->run, name, NULL);
}

// Finds out from the names of the files what kind of ids they hold.
static int choose_ids(const TrainArguments *a, Encoding *ret) {
    GError *error = NULL;
    DatasetBasis basis;
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray)
        files = ids_list(a->folders, a->validation, reasons, &basis, &error);
    dataset_basis_clear(&basis);
    return files ? train_plan_ids(a, ids_list_numbers(files), ret)
                 : message_fail(error);
}

int train_task_encoding(const TrainArguments *a, TokenizerKind otherwise,
                        Encoding *ret) {
    TokenizerKind kind;
    if (a->ids) return choose_ids(a, ret);
    int status = train_plan_tokenizer(a, otherwise, &kind);
    if (!status) *ret = encoding_of_music(kind);
    return status;
}

static char *choose_run(const TrainArguments *a, const char *folder) {
    if (a->out) return g_strdup(a->out);
    if (a->copy) folder = "copy";
    g_autofree char *base = g_path_get_basename(folder);
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *date = g_date_time_format(now, "%Y-%m-%d-%H%M");
    return g_strdup_printf("runs/%s-%s-%s", base, train_plan_preset(a), date);
}

// Tries to make the run's folder before the corpus is built, and removes it again.
static bool can_make_run(const char *run, const char *config, GError **error) {
    bool there = g_file_test(run, G_FILE_TEST_IS_DIR);
    TrainRun made;
    if (!run_open(&made, run, error)) return false;
    run_close(&made);
    bool ok = path_can_write(config, error);
    if (!there) g_rmdir(run);
    return ok;
}

static bool load_from(TrainTask *t, Encoding *ret, GError **error) {
    TrainArguments *a = &t->arguments;
    char *path = path_find_model(a->from, error);
    if (!path) return false;
    g_free(a->from);
    a->from = path;
    if (!input_load_model(a->from, &t->from, error)) return false;
    const Model *m = &t->from;
    if (encoding_from_name(m->tokenizer, m->config.vocabulary, ret) &&
        ret->ids == (bool)a->ids)
        return true;
    g_set_error(error, MODEL_ERROR, 0,
                "%s: is no model of %s that can be trained further", a->from,
                a->ids ? "ids" : "music");
    return false;
}

// Returns 0, or the exit status after a message, as do all functions that prepare a
// run.
static int make_new_run(const TrainTask *t) {
    GError *error = NULL;
    g_autofree char *config = train_task_file(t, "config.json");
    if (g_file_test(config, G_FILE_TEST_EXISTS)) {
        message_warn("%s already holds a run: --resume continues it, another --out "
                     "makes a new one",
                     t->run);
        return 1;
    }
    return can_make_run(t->run, config, &error) ? 0 : message_fail(error);
}

static char **absolute(char *const *paths) {
    GPtrArray *all = g_ptr_array_new();
    for (; *paths; paths++) g_ptr_array_add(all, g_canonicalize_filename(*paths, NULL));
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_free(all, FALSE);
}

// Uses the given folders, or those of the resumed run, and their weights.
static int take_folders(TrainTask *t) {
    const TrainArguments *a = &t->arguments;
    if (a->folders) train_data_set_folders(&t->data, absolute(a->folders));
    if (a->validation) {
        g_strfreev(t->data.validation);
        t->data.validation = absolute(a->validation);
    }
    if (a->validate_all) t->data.validate_all = true;
    return train_plan_mix(a, t->data.mix, (int)g_strv_length(t->data.folders));
}

static int prepare_new(TrainTask *t) {
    const TrainArguments *a = &t->arguments;
    GError *error = NULL;
    Encoding from = encoding_of_music(TOKENIZER_PEDAL);
    if (a->from && !load_from(t, &from, &error)) return message_fail(error);
    int status = train_task_encoding(a, from.kind, &t->encoding);
    if (!status && a->from && a->ids && strcmp(from.name, t->encoding.name) != 0)
        status = message_misuse("%s is a model of %s and not of %s", a->from, from.name,
                                t->encoding.name);
    if (!status)
        status = train_plan_options(a, &t->encoding, a->from ? &t->from.config : NULL,
                                    &t->options);
    if (status) return status;
    t->data.augment = !a->plain && !a->ids;
    t->data.range = augment_range_usual;
    status = train_plan_augment(a, &t->data.range);
    if (status) return status;
    if (a->folders) status = take_folders(t);
    if (status) return status;
    t->run = choose_run(a, a->folders ? t->data.folders[0] : NULL);
    return train_task_leads(t) ? make_new_run(t) : 0;
}

// Finds the training data of the run and its encoding. Returns 0, or the exit status
// after a message.
static int find_folder(TrainTask *t) {
    const TrainArguments *a = &t->arguments;
    if (train_copies(&t->options)) return 0;
    if (!a->folders && !t->data.folders)
        return message_misuse(
            "%s does not say what it was trained on, so the folder must be given",
            t->run);
    int status = take_folders(t);
    if (status) return status;
    if (encoding_from_name(t->options.tokenizer, t->options.config.vocabulary,
                           &t->encoding)) {
        if (a->validation && !t->encoding.ids)
            return message_misuse("--validation needs ids, but %s is a run of music",
                                  t->run);
        return 0;
    }
    message_warn("%s was trained with tokens that this program does not know", t->run);
    return 1;
}

// Returns the cache file of folder i; --cache names that of the first folder.
static char *cache(const TrainTask *t, int i) {
    const char *given = t->arguments.cache;
    return given && i > 0 ? g_strdup_printf("%s-%d", given, i + 1) : g_strdup(given);
}

// The previous state is not checked: if a run was killed while it was saved, it is the
// same file as the state.
int train_task_check_outputs(TrainTask *t) {
    static const char *const names[] = {
        "config.json",       "metrics.jsonl",    "curves.svg",
        "last.safetensors",  "best.safetensors", "average.safetensors",
        "state.safetensors", "data.ini",         "skipped.txt"};
    g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) inputs = g_ptr_array_new();
    g_ptr_array_add(inputs, t->arguments.from);
    for (int i = 0; t->data.folders && t->data.folders[i]; i++) {
        g_ptr_array_add(inputs, t->data.folders[i]);
        g_ptr_array_add(outputs, cache(t, i));
    }
    for (char **v = t->data.validation; v && *v; v++) g_ptr_array_add(inputs, *v);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(outputs, train_task_file(t, names[i]));
    if (t->arguments.install) {
        g_autofree char *model = models_own_path(t->arguments.install);
        g_ptr_array_add(outputs, repertoire_path(model));
        g_ptr_array_add(outputs, g_steal_pointer(&model));
    }
    return outputs_check((Paths){(const char *const *)inputs->pdata, inputs->len},
                         (Paths){(const char *const *)outputs->pdata, outputs->len});
}

static int prepare_resume(TrainTask *t) {
    const TrainArguments *a = &t->arguments;
    GError *error = NULL;
    if (!train_options_load(&t->options, a->resume, &error)) return message_fail(error);
    t->run = g_strdup(a->resume);
    if (!train_data_read(&t->data, t->run, &error)) return message_fail(error);
    t->known_changes = t->options.change_count;
    int status = train_plan_extend(a, &t->options);
    if (status) return status;
    return find_folder(t);
}

// A cooldown is a separate run with the training data of its parent.
static int prepare_cooldown(TrainTask *t) {
    const TrainArguments *a = &t->arguments;
    GError *error = NULL;
    if (!train_options_load(&t->options, a->cooldown, &error))
        return message_fail(error);
    t->run = g_strdup(a->cooldown);
    if (!train_data_read(&t->data, t->run, &error)) return message_fail(error);
    if (t->options.schedule != SCHEDULE_CONSTANT)
        return message_misuse("%s lowers its rate by itself: only a run with "
                              "--schedule constant can be cooled down",
                              a->cooldown);
    int status = train_plan_branch(a, &t->options);
    augment_range_narrow(&t->data.range);
    if (!status) status = train_plan_augment(a, &t->data.range);
    if (a->plain) t->data.augment = false;
    if (!status) status = find_folder(t);
    if (status) return status;
    g_free(t->run);
    t->run = a->out ? g_strdup(a->out) : g_strdup_printf("%s-cooled", a->cooldown);
    return train_task_leads(t) ? make_new_run(t) : 0;
}

// Opens the corpus of folder i or, for ids, the one corpus of all paths.
static bool open_folder(TrainTask *t, int i, Corpus *ret, GError **error) {
    const char *folder = t->data.folders[i];
    g_autofree char *file = cache(t, i);
    DatasetReport report;
    const Encoding *e = &t->encoding;
    bool ok = e->ids ? dataset_open_ids(ret, t->data.folders, t->data.validation, file,
                                        e, &report, error)
                     : dataset_open(ret, folder, file, e, &report, error);
    if (ok && ret->tokens[SPLIT_TRAIN] == 0) {
        g_set_error(error, MODEL_ERROR, 0, "%s: has nothing to train on", folder);
        corpus_close(ret);
        ok = false;
    }
    if (ok && train_task_leads(t)) train_announce_corpus(folder, ret, e, &report);
    if (ok) g_ptr_array_extend_and_steal(t->reasons, g_steal_pointer(&report.reasons));
    dataset_report_clear(&report);
    return ok;
}

bool train_task_open_corpus(TrainTask *t, GError **error) {
    if (train_copies(&t->options)) return true;
    t->reasons = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; t->data.folders[i] && (i == 0 || !t->encoding.ids); i++) {
        Corpus corpus;
        if (!open_folder(t, i, &corpus, error)) return false;
        corpus_weigh(&corpus, t->data.mix[i]);
        if (i == 0)
            t->corpus = corpus;
        else
            corpus_join(&t->corpus, &corpus, t->data.validate_all);
    }
    return true;
}

int train_task_prepare(TrainTask *t) {
    return t->arguments.resume     ? prepare_resume(t)
           : t->arguments.cooldown ? prepare_cooldown(t)
                                   : prepare_new(t);
}

void train_task_clear(TrainTask *t) {
    trainer_free(t->trainer);
    pool_free(t->pool);
    model_free(&t->from);
    corpus_close(&t->corpus);
    if (t->reasons) g_ptr_array_unref(t->reasons);
    if (t->arguments.resume || t->arguments.cooldown)
        g_free((char *)t->options.tokenizer);
    g_free(t->run);
    train_data_clear(&t->data);
    train_arguments_clear(&t->arguments);
}
