#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/paths.h"
#include "app/commands.h"
#include "app/commands/train/train_install.h"
#include "app/commands/train/train_task.h"
#include "app/commands/train/train_view.h"
#include "app/data/data_check.h"
#include "app/data/novelty.h"
#include "model/files/replace.h"

#include <glib/gstdio.h>

static int failed(GError *error) { return interrupt_status(message_fail(error)); }

static int check_folder(const TrainArguments *a) {
    Encoding encoding; // with pedal tokens, so that the pedal can be counted
    int status = train_task_encoding(a, TOKENIZER_PEDAL, &encoding);
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
    int status = train_task_encoding(a, TOKENIZER_PEDAL, &encoding);
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

static bool write_data_file(TrainTask *t, GError **error) {
    int64_t tokens = 0;
    for (int s = 0; s < SPLITS; s++) tokens += t->corpus.tokens[s];
    if (t->data.tokens && t->data.tokens != tokens)
        message_warn(
            "%s%s changed since the run began; it continues with the present files",
            t->data.folders[0], t->data.folders[1] ? " or another folder has" : " has");
    t->data.tokens = tokens;
    return train_data_write(&t->data, t->run, error);
}

static bool write_skipped(const TrainTask *t, GError **error) {
    g_autofree char *path = train_task_file(t, "skipped.txt");
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < t->reasons->len; i++)
        g_string_append_printf(text, "%s\n", (char *)t->reasons->pdata[i]);
    bool ok = replace_contents(path, text->str, text->len, error);
    g_string_free(text, TRUE);
    return ok;
}

// Refuses changes at past steps, with which the run could not be repeated.
static bool changes_to_come(const TrainTask *t, GError **error) {
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

static bool branch(const TrainTask *t, GError **error) {
    g_autofree char *trouble = NULL;
    bool ok = trainer_branch(t->trainer, t->arguments.cooldown, &trouble, error);
    if (trouble) message_warn("%s", trouble);
    return ok;
}

// Continues a run. One that was killed before its first save begins again with its
// options, which gives the same result.
static bool go_on(const TrainTask *t, GError **error) {
    if (trainer_has_saved(t->trainer)) {
        g_autofree char *trouble = NULL;
        bool ok = trainer_resume(t->trainer, &trouble, error);
        if (trouble) message_warn("%s", trouble);
        return ok && changes_to_come(t, error);
    }
    g_autofree char *metrics = train_task_file(t, "metrics.jsonl");
    g_unlink(metrics);
    message_warn("%s has saved nothing yet and begins again", t->run);
    return true;
}

// The ranks on a machine share its cores.
static int threads(const TrainTask *t) {
    int given = train_plan_threads(&t->arguments);
    return given ? given : MAX(1, (int)g_get_num_processors() / t->ranks.here);
}

static bool make_trainer(TrainTask *t, GError **error) {
    t->pool = pool_new(threads(t));
    t->trainer = trainer_new(&t->options, &t->corpus, t->run,
                             t->data.augment ? augment_range_draw : NULL,
                             &t->data.range, t->pool, &t->ranks, error);
    return t->trainer;
}

static bool begin_with(TrainTask *t, GError **error) {
    int woken;
    bool wake = t->arguments.wake;
    if (!trainer_begin_with(t->trainer, &t->from, wake ? &woken : NULL, error))
        return false;
    if (wake) train_announce_woken(woken, &t->from.config);
    return true;
}

static bool begin_run(TrainTask *t, GError **error) {
    return (!t->arguments.resume || go_on(t, error)) &&
           (!t->arguments.cooldown || branch(t, error)) &&
           (!t->arguments.from || begin_with(t, error)) &&
           (train_copies(&t->options) ||
            (write_skipped(t, error) && write_data_file(t, error)));
}

// Prepares everything before the first step. Returns false, with the exit status in
// *status, if the command is finished: after an error, or because an option asked for
// something other than training.
static bool set_up(TrainTask *t, int argc, char **argv, int *status) {
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
    *status = train_task_prepare(t);
    if (!*status && train_task_leads(t)) *status = train_task_check_outputs(t);
    GError *error = NULL;
    if (!*status && train_task_leads(t) && a->install &&
        !train_install_check(a->install, &error))
        *status = message_fail(error);
    if (*status) return false;
    bool ok = train_task_open_corpus(t, &error);
    if (ok && train_task_leads(t)) train_announce(&t->options, t->run, &t->ranks);
    ok = ok && make_trainer(t, &error) &&
         (!train_task_leads(t) || begin_run(t, &error));
    if (!ok) *status = failed(error);
    return ok;
}

// Rank 0 prepares first: it builds the corpus, makes the run's folder, and reports
// errors; after an error the other ranks exit. Then the others prepare too, silently
// unless something is wrong on their machine.
static bool set_up_all(TrainTask *t, int argc, char **argv, int *status) {
    const volatile int *stop = interrupt_flag();
    bool ok = train_task_leads(t) ? set_up(t, argc, argv, status) : true;
    if (!ranks_agree(&t->ranks, ok, stop)) return false;
    if (!train_task_leads(t)) ok = set_up(t, argc, argv, status);
    if (ranks_agree(&t->ranks, ok, stop)) return true;
    if (*stop && train_task_leads(t)) message_warn("stopped before the first step");
    if (ok) *status = interrupt_status(1);
    return false;
}

// Returns the file of an index of what was trained on; NULL, after a message, if there
// is none.
static GByteArray *index_file(const TrainTask *t) {
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

static bool install(const TrainTask *t, GError **error) {
    const char *name = t->arguments.install;
    if (!name) return true;
    GByteArray *index = index_file(t);
    bool ok = train_install(t->run, name, index, error);
    if (index) g_byte_array_unref(index);
    return ok;
}

static int train(TrainTask *t) {
    const volatile int *stop = interrupt_flag();
    GError *error = NULL;
    TrainView view;
    if (train_task_leads(t)) train_view_begin(&view, t->run);
    bool ok = trainer_run(t->trainer, train_view_show, &view, stop, &error);
    if (train_task_leads(t)) {
        train_view_end(&view);
        ok = ok && install(t, &error);
        if (ok) train_conclude(&view, &t->options, *stop, t->arguments.install);
        if (!ok) return failed(error);
    }
    g_clear_error(&error); // rank 0 reports it
    return interrupt_status(!ok);
}

int cmd_train(int argc, char **argv) {
    TrainTask t = {0};
    GError *error = NULL;
    if (!ranks_join(&t.ranks, &error)) return message_fail(error);
    int status = 0;
    bool begun = set_up_all(&t, argc, argv, &status);
    if (begun) status = train(&t);
    train_task_clear(&t);
    ranks_leave(&t.ranks, !*interrupt_flag() && (!begun || status == 0));
    return status;
}
