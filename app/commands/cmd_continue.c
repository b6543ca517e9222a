// par-midi continue continues a performance with a model and writes the result to
// files.
#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/base/outputs.h"
#include "app/base/paths.h"
#include "app/base/progress.h"
#include "app/commands.h"
#include "app/commands/continue_ids.h"
#include "app/commands/take_paths.h"
#include "app/generation/choice/choice.h"
#include "app/generation/receipt.h"
#include "app/generation/takes.h"
#include "app/sound/recording.h"
#include "audio/soundfont.h"
#include "midi/smf/smf_write.h"
#include "model/files/memory.h"

#include <math.h>

// The data that all takes share.
typedef struct Job {
    const ContinueArguments *arguments; // borrowed
    Plan plan;                          // the plan of the first take
    SoundExport sound; // from --audio; its file and SoundFont are set later
    PromptPart part;
    TokenizerKind tokenizer;
    Model model;                        // owned
    Weights *weights;                   // owned
    Prompt alone;                       // owned; empty if there is a bridge
    Bridge bridge;                      // owned; empty if there is none
    const Prompt *prompt;               // `alone`, or the prompt of the bridge
    cJSON *json;                        // owned; an object for each written take
    Pool *pool;                         // owned
    char *model_path, *soundfont_found; // owned
} Job;

// Refuses outputs that are also inputs. The model and the SoundFont may be the default
// ones.
static int check_outputs(const ContinueArguments *a) {
    g_autofree char *model = path_find_model(a->model, NULL);
    g_autofree char *font = a->audio ? soundfont_find(a->soundfont, NULL) : NULL;
    g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func(g_free);
    for (int take = 1; take <= a->takes; take++) {
        g_ptr_array_add(outputs, take_path(a->out, take, a->takes));
        if (a->audio) g_ptr_array_add(outputs, take_path(a->audio, take, a->takes));
    }
    return outputs_check(PATHS(a->in, model, a->soundfont, font),
                         (Paths){(const char *const *)outputs->pdata, outputs->len});
}

static bool is_bridge(const ContinueArguments *a) {
    return a->until != CONTINUE_NOT_GIVEN;
}

static bool read_prompt(Job *job, GError **error) {
    const ContinueArguments *a = job->arguments;
    Performance p = {0};
    if (a->in && !input_read_music(a->in, &p, error)) return false;
    double end = (double)performance_end(&p) / 1e6;
    if (a->from > end)
        message_warn("%s: ends after %.2f seconds, so the model continues from there",
                     a->in ? path_input_name(a->in) : "a new piece", end);
    int64_t from = a->from == CONTINUE_NOT_GIVEN ? -1 : (int64_t)llround(a->from * 1e6);
    bool ok = true;
    if (is_bridge(a)) {
        int64_t until = (int64_t)llround(a->until * 1e6);
        ok = bridge_cut(&job->bridge, &p, job->tokenizer, from, until, error);
        job->prompt = &job->bridge.prompt;
        if (ok)
            job->plan.steps = bridge_steps(&job->bridge);
        else
            g_prefix_error(error, "%s: ", path_input_name(a->in));
    } else {
        prompt_cut(&job->alone, &p, job->tokenizer, from);
        job->prompt = &job->alone;
    }
    performance_clear(&p);
    return ok;
}

// Joins a take with its prompt or, for a bridge, with its piece.
static void join(const Job *job, Performance *ret, const Token *take, size_t count) {
    if (is_bridge(job->arguments))
        bridge_join(ret, &job->bridge, take, count);
    else
        prompt_join(ret, job->prompt, job->part, take, count);
}

// Exports the prompt with an empty take. So music that no file can hold is found before
// the take is generated.
static bool can_export(const Job *job, GError **error) {
    Performance p = {0};
    join(job, &p, NULL, 0);
    g_autoptr(GBytes) bytes = smf_write(&p, NULL, error);
    performance_clear(&p);
    return bytes != NULL;
}

static bool has_pedal_if_asked(const Job *job, GError **error) {
    if (job->plan.dials.at[DIAL_PEDAL] == 0 || job->tokenizer == TOKENIZER_PEDAL)
        return true;
    g_set_error(error, MODEL_ERROR, 0,
                "%s: has no pedal tokens, so --pedal cannot steer it", job->model_path);
    return false;
}

// Prepares everything, and finds whatever can fail, before the first note.
static bool prepare(Job *job, GError **error) {
    const ContinueArguments *a = job->arguments;
    job->part = continue_arguments_part(a);
    if (!take_paths_can_write(a->out, a->takes, error)) return false;
    if (a->audio && (!take_paths_can_write(a->audio, a->takes, error) ||
                     !(job->soundfont_found = soundfont_find(a->soundfont, error))))
        return false;
    job->model_path = path_find_model(a->model, error);
    if (!job->model_path || !input_load_model(job->model_path, &job->model, error) ||
        !continuation_tokenizer(&job->model, job->model_path, &job->tokenizer, error) ||
        !continuation_closeness(&job->model, job->model_path, a->closeness,
                                &job->plan.closeness, error) ||
        !has_pedal_if_asked(job, error) || !read_prompt(job, error) ||
        !can_export(job, error))
        return false;
    job->pool = pool_new(MAX(0, a->threads));
    pool_set_mixed(job->pool, !a->exact);
    job->weights = weights_new(&job->model, !a->exact);
    return job->weights || memory_lacks("this model", error);
}

static void job_clear(Job *job) {
    prompt_clear(&job->alone);
    bridge_clear(&job->bridge);
    cJSON_Delete(job->json);
    weights_free(job->weights);
    model_free(&job->model);
    pool_free(job->pool);
    g_free(job->model_path);
    g_free(job->soundfont_found);
}

// Shows the progress. `first` is when the first tokens were drawn, after the prompt had
// been computed.
static void show(Progress *progress, const Takes *t, gint64 first) {
    double spent = (double)(g_get_monotonic_time() - first) / 1e6;
    double seconds = 0, drawn = 0;
    char line[80];
    for (int i = 0; i < t->count; i++) {
        seconds += continuation_seconds(&t->take[i]);
        drawn += (double)(t->take[i].drawn - 1);
    }
    g_snprintf(line, sizeof line, "%.1f s of music  %.0f tokens/s", seconds,
               drawn / MAX(spent, 1e-3));
    progress_line(progress, line);
}

// Generates until the takes have their length or the user interrupts.
static void generate(Takes *t) {
    Progress progress;
    gint64 first = 0;
    progress_begin(&progress, "continuing");
    while (takes_next(t)) {
        if (!first) first = g_get_monotonic_time();
        show(&progress, t, first);
        if (*interrupt_flag()) takes_stop(t);
    }
    progress_end(&progress);
}

// A finished take; `rank` is 0 unless it was chosen among several.
typedef struct Done {
    const Token *tokens; // borrowed
    size_t count;
    Plan plan;
    int64_t drawn;
    double seconds;
    int rank, candidates;
    double nats;
} Done;

static void add_json(const Job *job, const Done *d, const char *path) {
    cJSON *json = cJSON_CreateObject();
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, d->plan.seed);
    json_add_text(json, "file", path);
    cJSON_AddStringToObject(json, "seed", seed); // JSON cannot hold every u64
    cJSON_AddNumberToObject(json, "seconds", d->seconds);
    cJSON_AddNumberToObject(json, "tokens", (double)d->drawn);
    if (d->rank) {
        cJSON_AddNumberToObject(json, "rank", d->rank);
        cJSON_AddNumberToObject(json, "candidates", d->candidates);
        cJSON_AddNumberToObject(json, "nats", d->nats);
    }
    cJSON_AddItemToArray(job->json, json);
}

static char *receipt_of(const Job *job, const Done *d) {
    const ContinueArguments *a = job->arguments;
    Receipt receipt = {.model = job->model_path,
                       .prompt = a->in,
                       .model_hash = job->model.hash,
                       .exact = a->exact,
                       .tokenizer = job->tokenizer,
                       .plan = d->plan,
                       .prompt_seconds = (double)job->prompt->cut / 1e6,
                       .part = job->part,
                       .drawn = d->drawn,
                       .until = is_bridge(a) ? a->until : 0,
                       .rank = d->rank,
                       .candidates = d->candidates,
                       .nats = d->nats};
    return receipt_text(&receipt);
}

static bool write_take(const Job *job, const Done *d, int take, GError **error) {
    const ContinueArguments *a = job->arguments;
    Performance p = {0};
    join(job, &p, d->tokens, d->count);
    g_autofree char *text = receipt_of(job, d);
    g_autofree char *out = take_path(a->out, take, a->takes);
    g_autofree uint8_t *parts = is_bridge(a) ? bridge_parts(&job->bridge, &p)
                                             : prompt_parts(job->prompt, job->part, &p);
    GBytes *bytes = smf_write_parts(&p, parts, text, error);
    bool ok = bytes && path_write(out, g_bytes_get_data(bytes, NULL),
                                  g_bytes_get_size(bytes), error);
    if (bytes) g_bytes_unref(bytes);
    if (ok && a->audio) {
        g_autofree char *path = take_path(a->audio, take, a->takes);
        SoundExport x = job->sound;
        x.path = path;
        x.soundfont = job->soundfont_found;
        ok = recording_write(&x, &p, error);
    }
    performance_clear(&p);
    if (ok) add_json(job, d, out);
    return ok;
}

// Reports the take, and why it is shorter than requested.
static void report(const Continuation *c) {
    message_warn("%.1f seconds of music in %" G_GINT64_FORMAT " tokens",
                 continuation_seconds(c), c->drawn);
    double missing = continuation_missing(c);
    if (missing > 0)
        message_warn("that is %.1f seconds less than requested: %s", missing,
                     continuation_ended_itself(c) ? "the model ended the piece"
                                                  : "the rest would have been silent");
    if (c->stirred)
        message_warn("the take stalled (silence, a held chord or a loop), so "
                     "%" G_GINT64_FORMAT
                     " tokens were drawn from the model as it was trained",
                     c->stirred);
}

static void say_which(const Job *job, int take, uint64_t seed) {
    message_warn("take %d of %d, seed %" G_GUINT64_FORMAT, take, job->arguments->takes,
                 seed);
}

// Makes `count` takes from number `first` on.
static bool make_takes(const Job *job, int first, int count, GError **error) {
    Takes t;
    Plan plan = job->plan;
    plan.seed += (uint64_t)(first - 1);
    if (!takes_begin(&t, job->weights, job->pool, job->tokenizer, job->prompt, &plan,
                     count))
        return memory_lacks("generating with this model", error);
    for (int i = 0; i < count; i++) say_which(job, first + i, plan.seed + (uint64_t)i);
    generate(&t);
    bool ok = true;
    for (int i = 0; ok && i < count; i++) {
        const Continuation *c = &t.take[i];
        Done done = {
            .plan = c->plan, .drawn = c->drawn, .seconds = continuation_seconds(c)};
        done.tokens = continuation_take(c, &done.count);
        ok = write_take(job, &done, first + i, error);
        if (!ok) break;
        if (count > 1) say_which(job, first + i, plan.seed + (uint64_t)i);
        report(&t.take[i]);
    }
    takes_clear(&t);
    return ok;
}

// --- the likeliest of several ---

static void show_choice(void *progress, double done) {
    progress_show(progress, done, NULL);
}

static void report_choice(const Job *job, const ChoiceTake *t, int rank, int count) {
    bool bridge = is_bridge(job->arguments);
    message_warn("seed %" G_GUINT64_FORMAT ", number %d of %d: %.1f seconds of music, "
                 "%.2f nats for %s",
                 t->seed, rank, count, t->seconds, t->nats,
                 bridge ? "each note of what follows" : "its end");
    if (!bridge && !t->came_to_rest)
        message_warn(
            "this take did not come to rest in time, so its keys were released");
}

static bool write_chosen(const Job *job, const GPtrArray *takes, GError **error) {
    bool ok = true;
    for (int i = 0; i < MIN(job->arguments->takes, (int)takes->len) && ok; i++) {
        const ChoiceTake *t = takes->pdata[i];
        Done done = {.tokens = &g_array_index(t->tokens, Token, 0),
                     .count = t->tokens->len,
                     .plan = job->plan,
                     .drawn = t->drawn,
                     .seconds = t->seconds,
                     .rank = i + 1,
                     .candidates = (int)takes->len,
                     .nats = t->nats};
        done.plan.seed = t->seed;
        ok = write_take(job, &done, i + 1, error);
        if (ok) report_choice(job, t, i + 1, (int)takes->len);
    }
    return ok;
}

static bool make_choice(const Job *job, GError **error) {
    int count = continue_arguments_candidates(job->arguments);
    Progress progress;
    Choice choice = {.weights = job->weights,
                     .pool = job->pool,
                     .kind = job->tokenizer,
                     .prompt = job->prompt,
                     .bridge = is_bridge(job->arguments) ? &job->bridge : NULL,
                     .plan = job->plan,
                     .count = count,
                     .stop = interrupt_flag(),
                     .report = show_choice,
                     .data = &progress};
    progress_begin(&progress, "continuing");
    g_autoptr(GPtrArray) takes = choice_make(&choice, error);
    progress_end(&progress);
    return takes && write_chosen(job, takes, error);
}

static int run(const ContinueArguments *a) {
    Job job = {.arguments = a};
    GError *error = NULL;
    int status = continue_arguments_plan(a, &job.plan);
    if (!status) status = check_outputs(a);
    if (!status && a->ids) return continue_ids(a, &job.plan);
    if (!status && a->audio) status = recording_plan(&job.sound, a->audio, &a->sound);
    if (status) return status;
    bool ok = prepare(&job, &error);
    if (job.soundfont_found) message_warn("soundfont %s", job.soundfont_found);
    job.json = cJSON_CreateArray();
    if (ok && continue_arguments_choose(a))
        ok = make_choice(&job, &error);
    else
        for (int take = 1; ok && take <= a->takes && !*interrupt_flag();
             take += TAKES_MOST)
            ok = make_takes(&job, take, MIN(TAKES_MOST, a->takes - take + 1), &error);
    if (ok && a->json) {
        cJSON *json = cJSON_CreateObject();
        cJSON_AddItemToObject(json, "takes", g_steal_pointer(&job.json));
        json_print(json);
    }
    bool stopped = ok || g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INTR);
    if (!ok) status = message_fail(error);
    if (stopped) status = interrupt_status(status);
    job_clear(&job);
    return status;
}

int cmd_continue(int argc, char **argv) {
    ContinueArguments a;
    int status;
    if (continue_arguments_parse(&a, argc, argv, &status)) status = run(&a);
    continue_arguments_clear(&a);
    return status;
}
