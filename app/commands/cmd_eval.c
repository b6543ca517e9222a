#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/paths.h"
#include "app/base/progress.h"
#include "app/commands.h"
#include "app/commands/eval_arguments.h"
#include "app/commands/eval_files.h"
#include "app/data/novelty.h"
#include "app/evaluation/eval_folder.h"
#include "app/evaluation/likelihood/copy_score.h"
#include "app/evaluation/likelihood/likelihood_report.h"
#include "app/evaluation/likelihood/recall_score.h"
#include "app/evaluation/music/choice_eval.h"
#include "app/evaluation/music/dials_eval.h"
#include "app/evaluation/music/music_eval_report.h"
#include "model/files/memory.h"

#include <glib/gstdio.h>
#include <math.h>

// --- likelihood ---

// Progress is measured in bytes, since every file takes about the same time per byte.
typedef struct Share {
    Progress progress;
    double done, file, all;
} Share;

static double bytes_of(const char *path) {
    GStatBuf info;
    return g_stat(path, &info) == 0 ? (double)info.st_size : 0;
}

static void show(void *data, double done) {
    Share *s = data;
    progress_show(&s->progress, (s->done + done * s->file) / MAX(1, s->all), NULL);
}

typedef bool (*MeasureFile)(void *data, const char *path, EvaluateReport r,
                            GError **error);

// Measures each file in turn, until the user interrupts. Returns how many files were
// left out, each with a message.
static int measure_files(const GPtrArray *paths, MeasureFile measure, void *data) {
    const volatile int *stop = interrupt_flag();
    Share share = {0};
    int skipped = 0;
    for (guint i = 0; i < paths->len; i++) share.all += bytes_of(paths->pdata[i]);
    progress_begin(&share.progress, "evaluating");
    for (guint i = 0; i < paths->len && !*stop; i++) {
        GError *error = NULL;
        share.file = bytes_of(paths->pdata[i]);
        if (!measure(data, paths->pdata[i], (EvaluateReport){show, &share}, &error)) {
            message_warn("left out: %s", error->message);
            g_error_free(error);
            skipped++;
        }
        share.done += share.file;
    }
    progress_end(&share.progress);
    return skipped;
}

// Returns the exit status of a command that has measured `done` files.
static int status_after(int done) {
    int stop = *interrupt_flag();
    if (stop || done == 0)
        message_warn(stop ? "stopped" : "there is nothing to measure");
    return interrupt_status(done == 0);
}

typedef struct Measuring {
    LikelihoodReport report;
    bool say; // print each file's result
} Measuring;

static bool measure_likelihood(void *data, const char *path, EvaluateReport r,
                               GError **error) {
    Measuring *m = data;
    Score scores[EVALUATION_CONTEXTS];
    if (!evaluation_measure(m->report.e, path, scores, r, error)) return false;
    likelihood_report_add(&m->report, path, scores, m->say);
    return true;
}

static int evaluate(const EvalArguments *a, const Evaluation *e, const GPtrArray *paths,
                    const GPtrArray *folders) {
    Measuring m = {.say = a->verbose && !a->json};
    LikelihoodReport *t = &m.report;
    likelihood_report_init(t, e);
    t->skipped = measure_files(paths, measure_likelihood, &m);
    int status = status_after(t->files);
    if (status == 0)
        (a->json ? likelihood_report_print_json : likelihood_report_print)(t, folders);
    likelihood_report_clear(t);
    return status;
}

// --- recall ---

static bool measure_recall(void *data, const char *path, EvaluateReport r,
                           GError **error) {
    return recall_score_add(data, path, r, error);
}

static int evaluate_recall(const EvalArguments *a, const Evaluation *e,
                           const GPtrArray *paths, const GPtrArray *folders) {
    RecallScore sum = {.e = e};
    sum.skipped = measure_files(paths, measure_recall, &sum);
    int status = status_after(sum.files);
    if (status == 0)
        (a->json ? recall_score_print_json : recall_score_print)(&sum, folders);
    return status;
}

// --- copying ---

// The theme is followed by the next piece; the piece after that replaces the theme's
// first hearing.
typedef struct Copying {
    CopyScore sum;
    const GPtrArray *paths;
    guint at;
} Copying;

static bool measure_copy(void *data, const char *path, EvaluateReport r,
                         GError **error) {
    Copying *c = data;
    guint at = c->at++, count = c->paths->len;
    CopyFiles files = {path, c->paths->pdata[(at + 1) % count],
                       c->paths->pdata[(at + 2) % count]};
    return copy_score_add(&c->sum, &files, r, error);
}

static int evaluate_copy(const EvalArguments *a, const Evaluation *e,
                         const GPtrArray *paths, const GPtrArray *folders) {
    if (paths->len < 3) return message_misuse("--copy needs at least three pieces");
    Copying c = {.paths = paths};
    copy_score_init(&c.sum, e);
    c.sum.skipped = measure_files(paths, measure_copy, &c);
    int status = status_after((int)c.sum.pieces->len);
    if (status == 0)
        (a->json ? copy_score_print_json : copy_score_print)(&c.sum, folders);
    copy_score_clear(&c.sum);
    return status;
}

static int run_likelihood(const EvalArguments *a, const char *model,
                          const GPtrArray *paths, const GPtrArray *folders) {
    GError *error = NULL;
    EvaluationOptions o = {.model = model,
                           .tokenizer = a->tokenizer,
                           .ids = a->ids,
                           .context_count = a->context_count,
                           .latents = a->latents,
                           .stride = a->stride,
                           .threads = a->threads,
                           .stepwise = a->stepwise,
                           .int8 = a->stepwise && *a->stepwise == 'i',
                           .only_float = a->only_float};
    for (int i = 0; i < o.context_count; i++) o.contexts[i] = a->contexts[i];
    Evaluation e;
    if (!evaluation_open(&e, &o, &error)) return message_fail(error);
    for (int i = 0; i < e.context_count; i++)
        if (e.configs[i].context > e.model.config.context)
            message_warn(
                "a context of %d is beyond the %d that the model was trained with",
                e.configs[i].context, e.model.config.context);
    int status = a->recall ? evaluate_recall(a, &e, paths, folders)
                 : a->copy ? evaluate_copy(a, &e, paths, folders)
                           : evaluate(a, &e, paths, folders);
    evaluation_close(&e);
    return status;
}

// --- takes ---

// The data that all measurements with takes share.
typedef struct Taking {
    const EvalArguments *a; // borrowed, as every pointer that is not marked as owned
    const GPtrArray *paths, *folders;
    TokenizerKind kind;
    Weights *weights; // owned
    Pool *pool;       // owned
    Plan plan;
    int64_t prompt; // its greatest length, microseconds
} Taking;

static bool taking_init(Taking *t, const EvalArguments *a, const Model *m,
                        const char *path, GError **error) {
    t->a = a;
    t->weights = weights_new(m, true);
    t->pool = pool_new(a->threads);
    pool_set_mixed(t->pool, true);
    t->plan = (Plan){.sampler = a->sampler,
                     .seed = a->seed,
                     .steps = llround(a->seconds * 1e6 / STEP_MICROSECONDS)};
    t->prompt = llround(a->prompt_seconds * 1e6);
    if (!t->weights) return memory_lacks("this model", error);
    return continuation_closeness(m, path, a->closeness, &t->plan.closeness, error);
}

static void taking_clear(Taking *t) {
    pool_free(t->pool);
    weights_free(t->weights);
}

typedef bool (*EvaluateTakes)(void *eval, const char *path, GError **error);

static void evaluate_files(const GPtrArray *paths, EvaluateTakes piece, void *eval) {
    const volatile int *stop = interrupt_flag();
    Progress progress;
    progress_begin(&progress, "continuing");
    for (guint i = 0; i < paths->len && !*stop; i++) {
        GError *error = NULL;
        progress_show(&progress, (double)i / paths->len, NULL);
        if (piece(eval, paths->pdata[i], &error)) continue;
        if (!*stop) message_warn("left out: %s", error->message);
        g_error_free(error);
    }
    progress_end(&progress);
}

// --- comparison with pianists ---

static bool music_piece(void *eval, const char *path, GError **error) {
    return music_eval_piece(eval, path, error);
}

static int evaluate_music(const Taking *t) {
    const EvalArguments *a = t->a;
    GError *error = NULL;
    Repertoire novelty = {0};
    if (a->novelty && !novelty_open(&novelty, a->novelty, t->kind, &error))
        return interrupt_status(message_fail(error));
    MusicEval eval = {.weights = t->weights,
                      .pool = t->pool,
                      .novelty = a->novelty ? &novelty : NULL,
                      .stop = interrupt_flag(),
                      .kind = t->kind,
                      .plan = t->plan,
                      .takes = a->takes,
                      .prompt = t->prompt};
    music_eval_init(&eval);
    evaluate_files(t->paths, music_piece, &eval);
    int status = status_after((int)eval.pieces->len);
    if (status == 0 && a->json) music_eval_print_json(&eval, t->folders);
    if (status == 0 && !a->json) music_eval_print(&eval, a->verbose, t->folders);
    music_eval_clear(&eval);
    repertoire_clear(&novelty);
    return status;
}

// --- dials ---

static bool dials_piece(void *eval, const char *path, GError **error) {
    return dials_eval_piece(eval, path, error);
}

static int evaluate_dials(const Taking *t) {
    DialsEval eval = {.weights = t->weights,
                      .pool = t->pool,
                      .stop = interrupt_flag(),
                      .kind = t->kind,
                      .plan = t->plan,
                      .prompt = t->prompt};
    dials_eval_init(&eval);
    evaluate_files(t->paths, dials_piece, &eval);
    int status = status_after(eval.pieces);
    if (status == 0)
        (t->a->json ? dials_eval_print_json : dials_eval_print)(&eval, t->folders);
    dials_eval_clear(&eval);
    return status;
}

// --- the likeliest of several takes ---

static bool choice_piece(void *eval, const char *path, GError **error) {
    return choice_eval_piece(eval, path, error);
}

static int evaluate_choice(const Taking *t) {
    ChoiceEval eval = {.weights = t->weights,
                       .pool = t->pool,
                       .stop = interrupt_flag(),
                       .kind = t->kind,
                       .plan = t->plan,
                       .endings = t->a->endings,
                       .takes = t->a->takes,
                       .prompt = t->prompt};
    choice_eval_init(&eval);
    evaluate_files(t->paths, choice_piece, &eval);
    int status = status_after(eval.pieces);
    if (status == 0)
        (t->a->json ? choice_eval_print_json : choice_eval_print)(&eval, t->folders);
    choice_eval_clear(&eval);
    return status;
}

static int run_takes(const EvalArguments *a, const char *path, const GPtrArray *paths,
                     const GPtrArray *folders) {
    GError *error = NULL;
    Model model = {0};
    Taking t = {.paths = paths, .folders = folders};
    bool ok = input_load_model(path, &model, &error) &&
              continuation_tokenizer(&model, path, &t.kind, &error) &&
              taking_init(&t, a, &model, path, &error);
    int status = !ok                        ? message_fail(error)
                 : a->dials                 ? evaluate_dials(&t)
                 : a->bridges || a->endings ? evaluate_choice(&t)
                                            : evaluate_music(&t);
    taking_clear(&t);
    model_free(&model);
    return status;
}

static int run(const EvalArguments *a) {
    GError *error = NULL;
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(eval_folder_free);
    g_autoptr(GPtrArray) paths = eval_files(a, folders, &error);
    g_autofree char *model = paths ? path_find_model(a->model, &error) : NULL;
    if (!model) return message_fail(error);
    return eval_arguments_takes(a) ? run_takes(a, model, paths, folders)
                                   : run_likelihood(a, model, paths, folders);
}

int cmd_eval(int argc, char **argv) {
    EvalArguments arguments;
    int status;
    if (eval_arguments_parse(&arguments, argc, argv, &status)) status = run(&arguments);
    eval_arguments_clear(&arguments);
    return status;
}
