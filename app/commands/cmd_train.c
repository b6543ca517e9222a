#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/models.h"
#include "app/base/outputs.h"
#include "app/base/paths.h"
#include "app/commands.h"
#include "app/commands/train_arguments.h"
#include "app/commands/train_install.h"
#include "app/commands/train_view.h"
#include "app/data/data_check.h"
#include "app/data/ids_list.h"
#include "app/data/novelty.h"
#include "app/data/train_data.h"
#include "model/files/replace.h"
#include "model/train/run.h"

#include <glib/gstdio.h>

typedef struct Task {
    Ranks ranks;
    TrainArguments arguments;
    TrainOptions options;
    Encoding encoding;
    Model from; // the model of --from; zeroed: none
    char *run;  // owned
    TrainData data;
    int known_changes; // the number of changes when the run was last saved
    Corpus corpus;
    GPtrArray *reasons; // owned; a line for each file left out
    Pool *pool;
    Trainer *trainer;
} Task;

static bool leads(const Task *t) { return t->ranks.rank == 0; }

static int failed(GError *error) { return interrupt_status(message_fail(error)); }

static char *in_run(const Task *t, const char *name) {
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
    return files ? train_arguments_ids(a, ids_list_numbers(files), ret)
                 : message_fail(error);
}

static int choose_encoding(const TrainArguments *a, TokenizerKind otherwise,
                           Encoding *ret) {
    TokenizerKind kind;
    if (a->ids) return choose_ids(a, ret);
    int status = train_arguments_tokenizer(a, otherwise, &kind);
    if (!status) *ret = encoding_of_music(kind);
    return status;
}

static int check_folder(const TrainArguments *a) {
    Encoding encoding; // with pedal tokens, so that the pedal can be counted
    int status = choose_encoding(a, TOKENIZER_PEDAL, &encoding);
    if (status) return status;
    Corpus corpus;
    DatasetReport report;
    GError *error = NULL;
    bool ok = a->ids ? dataset_open_ids(&corpus, a->folders, a->validation, a->cache,
                                        &encoding, &report, &error)
                     : dataset_open(&corpus, a->folders[0], a->cache, &encoding,
                                    &report, &error);
    if (ok) {
        data_check(&corpus, &encoding, &report, a->json);
        corpus_close(&corpus);
    }
    dataset_report_clear(&report);
    return ok ? 0 : failed(error);
}

static int write_repertoire(const TrainArguments *a) {
    Encoding encoding;
    int status = choose_encoding(a, TOKENIZER_PEDAL, &encoding);
    if (status) return status;
    Repertoire r;
    GError *error = NULL;
    if (!path_can_write(a->repertoire, &error) ||
        !novelty_read(&r, a->folders, encoding.kind, &error))
        return failed(error);
    GByteArray *bytes = repertoire_bytes(&r);
    bool ok = path_write(a->repertoire, bytes->data, bytes->len, &error);
    if (ok)
        message_warn("%s: %u pieces, %.1f MB", a->repertoire, r.names->len,
                     bytes->len / 1e6);
    g_byte_array_unref(bytes);
    repertoire_clear(&r);
    return ok ? 0 : failed(error);
}

static char *choose_run(const TrainArguments *a, const char *folder) {
    if (a->out) return g_strdup(a->out);
    if (a->copy) folder = "copy";
    g_autofree char *base = g_path_get_basename(folder);
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *date = g_date_time_format(now, "%Y-%m-%d-%H%M");
    return g_strdup_printf("runs/%s-%s-%s", base, train_arguments_preset(a), date);
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

static bool load_from(Task *t, Encoding *ret, GError **error) {
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
static int make_new_run(const Task *t) {
    GError *error = NULL;
    g_autofree char *config = in_run(t, "config.json");
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
static int take_folders(Task *t) {
    const TrainArguments *a = &t->arguments;
    if (a->folders) train_data_set_folders(&t->data, absolute(a->folders));
    if (a->validation) {
        g_strfreev(t->data.validation);
        t->data.validation = absolute(a->validation);
    }
    if (a->validate_all) t->data.validate_all = true;
    return train_arguments_mix(a, t->data.mix, (int)g_strv_length(t->data.folders));
}

static int prepare_new(Task *t) {
    const TrainArguments *a = &t->arguments;
    GError *error = NULL;
    Encoding from = encoding_of_music(TOKENIZER_PEDAL);
    if (a->from && !load_from(t, &from, &error)) return message_fail(error);
    int status = choose_encoding(a, from.kind, &t->encoding);
    if (!status && a->from && a->ids && strcmp(from.name, t->encoding.name) != 0)
        status = message_misuse("%s is a model of %s and not of %s", a->from, from.name,
                                t->encoding.name);
    if (!status)
        status = train_arguments_options(a, &t->encoding,
                                         a->from ? &t->from.config : NULL, &t->options);
    if (status) return status;
    t->data.augment = !a->plain && !a->ids;
    t->data.range = augment_range_usual;
    status = train_arguments_augment(a, &t->data.range);
    if (status) return status;
    if (a->folders) status = take_folders(t);
    if (status) return status;
    t->run = choose_run(a, a->folders ? t->data.folders[0] : NULL);
    return leads(t) ? make_new_run(t) : 0;
}

static bool write_data_file(Task *t, GError **error) {
    int64_t tokens = 0;
    for (int s = 0; s < SPLITS; s++) tokens += t->corpus.tokens[s];
    if (t->data.tokens && t->data.tokens != tokens)
        message_warn(
            "%s%s changed since the run began; it continues with the present files",
            t->data.folders[0], t->data.folders[1] ? " or another folder has" : " has");
    t->data.tokens = tokens;
    return train_data_write(&t->data, t->run, error);
}

static bool write_skipped(const Task *t, GError **error) {
    g_autofree char *path = in_run(t, "skipped.txt");
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < t->reasons->len; i++)
        g_string_append_printf(text, "%s\n", (char *)t->reasons->pdata[i]);
    bool ok = replace_contents(path, text->str, text->len, error);
    g_string_free(text, TRUE);
    return ok;
}

// Finds the training data of the run and its encoding. Returns 0, or the exit status
// after a message.
static int find_folder(Task *t) {
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
static char *cache(const Task *t, int i) {
    const char *given = t->arguments.cache;
    return given && i > 0 ? g_strdup_printf("%s-%d", given, i + 1) : g_strdup(given);
}

// Refuses a run that would overwrite the model that it begins with, or the corpus's
// cache, with a file of its folder (trainer.h, train_data.h). The previous state is not
// checked: if a run was killed while it was saved, it is the same file as the state.
static int check_outputs(Task *t) {
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
        g_ptr_array_add(outputs, in_run(t, names[i]));
    if (t->arguments.install) {
        g_autofree char *model = models_own_path(t->arguments.install);
        g_ptr_array_add(outputs, repertoire_path(model));
        g_ptr_array_add(outputs, g_steal_pointer(&model));
    }
    return outputs_check((Paths){(const char *const *)inputs->pdata, inputs->len},
                         (Paths){(const char *const *)outputs->pdata, outputs->len});
}

static int prepare_resume(Task *t) {
    const TrainArguments *a = &t->arguments;
    GError *error = NULL;
    if (!train_options_load(&t->options, a->resume, &error)) return message_fail(error);
    t->run = g_strdup(a->resume);
    if (!train_data_read(&t->data, t->run, &error)) return message_fail(error);
    t->known_changes = t->options.change_count;
    int status = train_arguments_extend(a, &t->options);
    if (status) return status;
    return find_folder(t);
}

// A cooldown is a separate run with the training data of its parent.
static int prepare_cooldown(Task *t) {
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
    int status = train_arguments_branch(a, &t->options);
    augment_range_narrow(&t->data.range);
    if (!status) status = train_arguments_augment(a, &t->data.range);
    if (a->plain) t->data.augment = false;
    if (!status) status = find_folder(t);
    if (status) return status;
    g_free(t->run);
    t->run = a->out ? g_strdup(a->out) : g_strdup_printf("%s-cooled", a->cooldown);
    return leads(t) ? make_new_run(t) : 0;
}

// Refuses changes at past steps, with which the run could not be repeated.
static bool changes_to_come(const Task *t, GError **error) {
    for (int i = t->known_changes; i < t->options.change_count; i++) {
        int64_t step = t->options.changes[i].step, now = trainer_step(t->trainer);
        if (step >= now) continue;
        g_set_error(error, MODEL_ERROR, 0,
                    "--change: %s is at step %" G_GINT64_FORMAT " and past %" //
                    G_GINT64_FORMAT,
                    t->run, now, step);
        return false;
    }
    return true;
}

static bool branch(const Task *t, GError **error) {
    g_autofree char *trouble = NULL;
    bool ok = trainer_branch(t->trainer, t->arguments.cooldown, &trouble, error);
    if (trouble) message_warn("%s", trouble);
    return ok;
}

// Continues a run. One that was killed before its first save begins again with its
// options, which gives the same result.
static bool go_on(const Task *t, GError **error) {
    if (trainer_has_saved(t->trainer)) {
        g_autofree char *trouble = NULL;
        bool ok = trainer_resume(t->trainer, &trouble, error);
        if (trouble) message_warn("%s", trouble);
        return ok && changes_to_come(t, error);
    }
    g_autofree char *metrics = in_run(t, "metrics.jsonl");
    g_unlink(metrics);
    message_warn("%s has saved nothing yet and begins again", t->run);
    return true;
}

// Opens the corpus of folder i or, for ids, the one corpus of all paths.
static bool open_folder(Task *t, int i, Corpus *ret, GError **error) {
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
    if (ok && leads(t)) train_announce_corpus(folder, ret, e, &report);
    if (ok) g_ptr_array_extend_and_steal(t->reasons, g_steal_pointer(&report.reasons));
    dataset_report_clear(&report);
    return ok;
}

// The copy task makes its own data, and the corpus stays empty.
static bool open_corpus(Task *t, GError **error) {
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

// The ranks on a machine share its cores.
static int threads(const Task *t) {
    int given = train_arguments_threads(&t->arguments);
    return given ? given : MAX(1, (int)g_get_num_processors() / t->ranks.here);
}

static bool make_trainer(Task *t, GError **error) {
    t->pool = pool_new(threads(t));
    t->trainer = trainer_new(&t->options, &t->corpus, t->run,
                             t->data.augment ? augment_range_draw : NULL,
                             &t->data.range, t->pool, &t->ranks, error);
    return t->trainer;
}

static bool begin_with(Task *t, GError **error) {
    int woken;
    bool wake = t->arguments.wake;
    if (!trainer_begin_with(t->trainer, &t->from, wake ? &woken : NULL, error))
        return false;
    if (wake) train_announce_woken(woken, &t->options.config);
    return true;
}

static bool begin_run(Task *t, GError **error) {
    return (!t->arguments.resume || go_on(t, error)) &&
           (!t->arguments.cooldown || branch(t, error)) &&
           (!t->arguments.from || begin_with(t, error)) &&
           (train_copies(&t->options) ||
            (write_skipped(t, error) && write_data_file(t, error)));
}

// Prepares everything before the first step. Returns false, with the exit status in
// *status, if the command is finished: after an error, or because an option asked for
// something other than training.
static bool set_up(Task *t, int argc, char **argv, int *status) {
    TrainArguments *a = &t->arguments;
    if (!train_arguments_parse(a, argc, argv, status)) return false;
    if (a->check) {
        *status = check_folder(a);
        return false;
    }
    if (a->repertoire) {
        *status = write_repertoire(a);
        return false;
    }
    *status = a->resume     ? prepare_resume(t)
              : a->cooldown ? prepare_cooldown(t)
                            : prepare_new(t);
    if (!*status && leads(t)) *status = check_outputs(t);
    GError *error = NULL;
    if (!*status && leads(t) && a->install && !train_install_check(a->install, &error))
        *status = message_fail(error);
    if (*status) return false;
    bool ok = open_corpus(t, &error);
    if (ok && leads(t)) train_announce(&t->options, t->run, &t->ranks);
    ok = ok && make_trainer(t, &error) && (!leads(t) || begin_run(t, &error));
    if (!ok) *status = failed(error);
    return ok;
}

static void tear_down(Task *t) {
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

// Rank 0 prepares first: it builds the corpus, makes the run's folder, and reports
// errors; after an error the other ranks exit. Then the others prepare too, silently
// unless something is wrong on their machine.
static bool set_up_all(Task *t, int argc, char **argv, int *status) {
    const volatile int *stop = interrupt_flag();
    bool ok = leads(t) ? set_up(t, argc, argv, status) : true;
    if (!ranks_agree(&t->ranks, ok, stop)) return false;
    if (!leads(t)) ok = set_up(t, argc, argv, status);
    if (ranks_agree(&t->ranks, ok, stop)) return true;
    if (*stop && leads(t)) message_warn("stopped before the first step");
    if (ok) *status = interrupt_status(1);
    return false;
}

// Returns the file of an index of what was trained on; NULL, after a message, if there
// is none.
static GByteArray *index_file(const Task *t) {
    Repertoire r;
    g_autoptr(GError) error = NULL;
    if (novelty_of_corpus(&r, &t->corpus, t->data.folders, t->encoding.kind, &error)) {
        GByteArray *ret = repertoire_bytes(&r);
        repertoire_clear(&r);
        return ret;
    }
    message_warn("%s is installed without an index of its training set: %s",
                 t->arguments.install, error->message);
    return NULL;
}

static bool install(const Task *t, GError **error) {
    const char *name = t->arguments.install;
    if (!name) return true;
    GByteArray *index = index_file(t);
    bool ok = train_install(t->run, name, index, error);
    if (index) g_byte_array_unref(index);
    return ok;
}

static int train(Task *t) {
    const volatile int *stop = interrupt_flag();
    GError *error = NULL;
    TrainView view;
    if (leads(t)) train_view_begin(&view, t->run);
    bool ok = trainer_run(t->trainer, train_view_show, &view, stop, &error);
    if (leads(t)) {
        train_view_end(&view);
        ok = ok && install(t, &error);
        if (ok) train_conclude(&view, &t->options, *stop, t->arguments.install);
        if (!ok) return failed(error);
    }
    g_clear_error(&error); // rank 0 reports it
    return interrupt_status(!ok);
}

int cmd_train(int argc, char **argv) {
    Task t = {0};
    GError *error = NULL;
    if (!ranks_join(&t.ranks, &error)) return message_fail(error);
    int status = 0;
    bool begun = set_up_all(&t, argc, argv, &status);
    if (begun) status = train(&t);
    tear_down(&t);
    ranks_leave(&t.ranks, !*interrupt_flag() && (!begun || status == 0));
    return status;
}
