#include "app/cli.h"
#include "app/commands.h"
#include "app/eval_arguments.h"
#include "app/judge_view.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>

// --- likelihood ---

// Over all files; scores are one for each context.
typedef struct Tally {
    const Evaluation *e; // borrowed
    Score sums[EVALUATION_CONTEXTS];
    int files, skipped;
    cJSON *pieces; // owned
} Tally;

typedef struct Rates {
    double token, note, second; // nats for each
} Rates;

static Rates rates(const Score *s) {
    double nats = s->likelihood.nats;
    return (Rates){nats / (double)MAX(1, s->likelihood.tokens),
                   nats / (double)MAX(1, s->notes), nats / MAX(1e-6, s->seconds)};
}

static void add_rates(cJSON *json, const Score *s) {
    Rates r = rates(s);
    cJSON_AddNumberToObject(json, "nats_per_token", r.token);
    cJSON_AddNumberToObject(json, "nats_per_note", r.note);
    cJSON_AddNumberToObject(json, "nats_per_second", r.second);
}

// The rates of one context stand in the object, those of several in a list in it.
static cJSON *scores_json(const Evaluation *e, const Score *scores) {
    cJSON *json = cJSON_CreateObject();
    if (e->context_count == 1) {
        add_rates(json, scores);
    } else {
        cJSON *list = cJSON_AddArrayToObject(json, "contexts");
        for (int i = 0; i < e->context_count; i++) {
            cJSON *object = cJSON_CreateObject();
            cJSON_AddNumberToObject(object, "context", e->configs[i].context);
            cJSON_AddNumberToObject(object, "latents", e->configs[i].latents);
            add_rates(object, &scores[i]);
            cJSON_AddItemToArray(list, object);
        }
    }
    cJSON_AddNumberToObject(json, "tokens", (double)scores->likelihood.tokens);
    cJSON_AddNumberToObject(json, "notes", (double)scores->notes);
    cJSON_AddNumberToObject(json, "seconds", scores->seconds);
    return json;
}

static void say_file(Tally *t, const char *path, const Score *scores, bool verbose) {
    g_autofree char *name = cli_printable(path);
    cJSON *json = scores_json(t->e, scores);
    cJSON_AddStringToObject(json, "file", name);
    cJSON_AddItemToArray(t->pieces, json);
    for (int i = 0; i < t->e->context_count && verbose; i++) {
        Rates r = rates(&scores[i]);
        printf("%.4f nats per token, %.3f per note, %.2f per second", r.token, r.note,
               r.second);
        if (t->e->context_count > 1) printf(", context %d", t->e->configs[i].context);
        printf("  %s\n", name);
    }
}

static void say_json(const Tally *t) {
    cJSON *json = scores_json(t->e, t->sums);
    cJSON_AddNumberToObject(json, "files", t->files);
    cJSON_AddNumberToObject(json, "skipped", t->skipped);
    cJSON_AddStringToObject(json, "model_sha256", t->e->model.hash);
    cJSON_AddStringToObject(json, "tokenizer", tokenizer_name(t->e->kind));
    if (t->e->context_count == 1) {
        cJSON_AddNumberToObject(json, "context", t->e->configs[0].context);
        cJSON_AddNumberToObject(json, "latents", t->e->configs[0].latents);
    }
    cJSON_AddNumberToObject(json, "stride", t->e->stride);
    cJSON_AddItemToObject(json, "pieces", cJSON_Duplicate(t->pieces, true));
    char *text = cJSON_Print(json);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(json);
}

static void say_text(const Tally *t) {
    if (t->e->context_count == 1) {
        Rates r = rates(t->sums);
        printf("nats per token   %.4f\n", r.token);
        printf("nats per note    %.4f\n", r.note);
        printf("nats per second  %.4f\n", r.second);
    } else {
        puts("context  latents  nats per token  per note  per second");
        for (int i = 0; i < t->e->context_count; i++) {
            Rates r = rates(&t->sums[i]);
            printf("%7d  %7d  %14.4f  %8.3f  %10.2f\n", t->e->configs[i].context,
                   t->e->configs[i].latents, r.token, r.note, r.second);
        }
    }
    printf("%" G_GINT64_FORMAT " tokens, %" G_GINT64_FORMAT
           " notes, %.1f minutes in %d files; %d left out\n",
           t->sums->likelihood.tokens, t->sums->notes, t->sums->seconds / 60, t->files,
           t->skipped);
}

static void measure_files(Tally *t, const EvalArguments *a, const GPtrArray *paths) {
    const volatile int *stop = cli_stop_flag();
    Progress progress;
    progress_begin(&progress, "evaluating");
    for (guint i = 0; i < paths->len && !*stop; i++) {
        Score scores[EVALUATION_CONTEXTS];
        GError *error = NULL;
        progress_show(&progress, (double)i / paths->len, NULL);
        if (evaluation_measure(t->e, paths->pdata[i], scores, &error)) {
            say_file(t, paths->pdata[i], scores, a->verbose && !a->json);
            for (int c = 0; c < t->e->context_count; c++)
                score_add(&t->sums[c], &scores[c]);
            t->files++;
        } else {
            cli_warn("left out: %s", error->message);
            g_error_free(error);
            t->skipped++;
        }
    }
    progress_end(&progress);
}

// Of a command that has done `done` of its files.
static int status_after(int done) {
    int stop = *cli_stop_flag();
    if (stop || done == 0) cli_warn(stop ? "stopped" : "there is nothing to measure");
    return stop ? 128 + stop : done == 0;
}

static int evaluate(const EvalArguments *a, const Evaluation *e,
                    const GPtrArray *paths) {
    Tally t = {.e = e, .pieces = cJSON_CreateArray()};
    measure_files(&t, a, paths);
    int status = status_after(t.files);
    if (status == 0 && a->json) say_json(&t);
    if (status == 0 && !a->json) say_text(&t);
    cJSON_Delete(t.pieces);
    return status;
}

static int run_likelihood(const EvalArguments *a, const char *model,
                          const GPtrArray *paths) {
    GError *error = NULL;
    EvaluationOptions o = {.model = model,
                           .tokenizer = a->tokenizer,
                           .context_count = a->context_count,
                           .latents = a->latents,
                           .stride = a->stride,
                           .threads = a->threads};
    for (int i = 0; i < o.context_count; i++) o.contexts[i] = a->contexts[i];
    Evaluation e;
    if (!evaluation_open(&e, &o, &error)) return cli_fail(error);
    for (int i = 0; i < e.context_count; i++)
        if (e.configs[i].context > e.model.config.context)
            cli_warn("a context of %d is beyond the %d that the model was trained with",
                     e.configs[i].context, e.model.config.context);
    int status = evaluate(a, &e, paths);
    evaluation_close(&e);
    return status;
}

// --- music ---

static void judge_files(Judge *j, const GPtrArray *paths) {
    Progress progress;
    progress_begin(&progress, "continuing");
    for (guint i = 0; i < paths->len && !*j->stop; i++) {
        GError *error = NULL;
        progress_show(&progress, (double)i / paths->len, NULL);
        if (judge_piece(j, paths->pdata[i], &error)) continue;
        if (!*j->stop) cli_warn("left out: %s", error->message);
        g_error_free(error);
    }
    progress_end(&progress);
}

static int judge(const EvalArguments *a, const Model *m, TokenizerKind kind,
                 const GPtrArray *paths) {
    GError *error = NULL;
    Novelty novelty = {0};
    if (a->novelty && !novelty_open(&novelty, a->novelty, kind, &error)) {
        int status = cli_fail(error), stop = *cli_stop_flag();
        return stop ? 128 + stop : status;
    }
    Judge j = {.model = m,
               .pool = pool_new(a->threads),
               .novelty = a->novelty ? &novelty : NULL,
               .stop = cli_stop_flag(),
               .kind = kind,
               .plan = {.sampler = a->sampler,
                        .seed = a->seed,
                        .steps = llround(a->seconds * 1e6 / STEP_MICROSECONDS)},
               .takes = a->takes,
               .prompt = llround(a->prompt_seconds * 1e6)};
    judge_init(&j);
    judge_files(&j, paths);
    int status = status_after((int)j.pieces->len);
    if (status == 0 && a->json) judge_print_json(&j);
    if (status == 0 && !a->json) judge_print(&j, a->verbose);
    judge_clear(&j);
    pool_free(j.pool);
    novelty_close(&novelty);
    return status;
}

static int run_music(const EvalArguments *a, const char *path, const GPtrArray *paths) {
    GError *error = NULL;
    Model model = {0};
    TokenizerKind kind;
    bool ok = model_load(path, &model, &error) &&
              continuation_tokenizer(&model, path, &kind, &error);
    int status = ok ? judge(a, &model, kind, paths) : cli_fail(error);
    model_free(&model);
    return status;
}

static int run(const EvalArguments *a) {
    GError *error = NULL;
    g_autoptr(GPtrArray) paths = eval_arguments_files(a, &error);
    g_autofree char *model = paths ? cli_find_model(a->model, &error) : NULL;
    if (!model) return cli_fail(error);
    return a->generate ? run_music(a, model, paths) : run_likelihood(a, model, paths);
}

int cmd_eval(int argc, char **argv) {
    EvalArguments arguments;
    int status;
    if (eval_arguments_parse(&arguments, argc, argv, &status)) status = run(&arguments);
    eval_arguments_clear(&arguments);
    return status;
}
