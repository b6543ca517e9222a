#include "app/commands/continue_ids.h"

#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/paths.h"
#include "app/base/progress.h"
#include "app/commands/take_paths.h"
#include "app/data/encoding.h"
#include "app/data/ids_file.h"
#include "app/generation/ids_take.h"
#include "model/files/memory.h"

typedef struct Job {
    const ContinueArguments *arguments; // borrowed
    const Plan *plan;                   // borrowed; the plan of the first take
    Model model;                        // owned
    Encoding encoding;
    Weights *weights; // owned
    Pool *pool;       // owned
    Ids file;         // owned; its tokens are cut to --given
    size_t whole;     // the number of ids of a whole image
    size_t length;    // the number of ids to draw
} Job;

static bool load(Job *job, GError **error) {
    g_autofree char *path = path_find_model(job->arguments->model, error);
    if (!path || !input_load_model(path, &job->model, error)) return false;
    const Model *m = &job->model;
    if (encoding_from_name(m->tokenizer, m->config.vocabulary, &job->encoding) &&
        job->encoding.ids)
        return true;
    g_set_error(error, MODEL_ERROR, 0,
                "%s: is no model of ids, but --ids needs one (--model)", path);
    return false;
}

static bool fail(const Job *job, const char *what, GError **error) {
    const char *in = job->arguments->in;
    g_set_error(error, MODEL_ERROR, 0, "%s: %s", path_input_name(in), what);
    return false;
}

// Reads the prompt and finds the length of the take.
static bool read_prompt(Job *job, GError **error) {
    const ContinueArguments *a = job->arguments;
    if (!a->in) { // without a prompt
        Token end = job->encoding.vocabulary - 1;
        bool numbers = encoding_is_of_numbers(&job->encoding);
        job->file = (Ids){.kind = numbers ? IDS_NUMBERS : IDS_BYTES,
                          .tokens = g_array_new(FALSE, FALSE, sizeof(Token))};
        g_array_append_val(job->file.tokens, end);
        job->length = a->tokens > 0 ? (size_t)a->tokens : CONTINUE_IDS;
        return true;
    }
    if (!encoding_read_ids(&job->encoding, a->in, &job->file, error)) return false;
    GArray *tokens = job->file.tokens;
    size_t held = tokens->len - 2, given = held;
    bool image = job->file.kind == IDS_IMAGE;
    size_t row = 3 * (size_t)job->file.image.width;
    if (image) given = row * (size_t)(job->file.image.height / 2);
    if (a->given >= 0) given = (size_t)a->given;
    if (given > held) return fail(job, "has fewer ids than --given says", error);
    if (image && a->tokens > 0)
        return fail(job, "is an image, which is written to its end without --tokens",
                    error);
    if (image && continue_arguments_part(a) == PROMPT_OMIT)
        return fail(job, "is an image, of which --prompt omit would leave a part",
                    error);
    job->whole = held;
    job->length = image           ? held - given
                  : a->tokens > 0 ? (size_t)a->tokens
                                  : CONTINUE_IDS;
    g_array_set_size(tokens, (guint)given + 1);
    return true;
}

static bool prepare(Job *job, GError **error) {
    const ContinueArguments *a = job->arguments;
    if (!take_paths_can_write(a->out, a->takes, error) || !load(job, error) ||
        !read_prompt(job, error))
        return false;
    job->pool = pool_new(MAX(0, a->threads));
    pool_set_mixed(job->pool, !a->exact);
    job->weights = weights_new(&job->model, !a->exact);
    return job->weights || memory_lacks("this model", error);
}

static void show(Progress *progress, const Job *job, const IdsTake *t, gint64 first) {
    double spent = (double)(g_get_monotonic_time() - first) / 1e6;
    char line[80];
    g_snprintf(line, sizeof line, "%zu of %zu ids  %.0f ids/s", ids_take_length(t),
               job->length, (double)(ids_take_length(t) - 1) / MAX(spent, 1e-3));
    progress_line(progress, line);
}

// Generates until the take has its length, the model ends it, or the user interrupts.
static void generate(const Job *job, IdsTake *t) {
    Progress progress;
    gint64 first = 0;
    progress_begin(&progress, "continuing");
    while (ids_take_length(t) < job->length && !*interrupt_flag() && ids_take_next(t)) {
        if (!first) first = g_get_monotonic_time();
        show(&progress, job, t, first);
    }
    progress_end(&progress);
}

// Writes a take. The missing rest of an image is black.
static bool write_take(const Job *job, const IdsTake *t, int take, GError **error) {
    const ContinueArguments *a = job->arguments;
    bool omit = continue_arguments_part(a) == PROMPT_OMIT;
    size_t skip = omit ? t->prompt - 1 : 0;
    GByteArray *bytes = ids_write(job->file.kind, job->file.image,
                                  ids_take_all(t) + skip, t->tokens->len - 1 - skip);
    const guint8 black = 0;
    if (job->file.kind == IDS_IMAGE)
        for (size_t i = t->tokens->len - 1; i < job->whole; i++)
            g_byte_array_append(bytes, &black, 1);
    g_autofree char *out = take_path(a->out, take, a->takes);
    bool ok = path_write(out, bytes->data, bytes->len, error);
    g_byte_array_unref(bytes);
    return ok;
}

static bool make_take(const Job *job, int take, GError **error) {
    const ContinueArguments *a = job->arguments;
    uint64_t seed = job->plan->seed + (uint64_t)(take - 1);
    // Each take has a new session, so that it depends on its seed alone.
    Session *session = session_new(job->weights, job->pool);
    if (!session) return memory_lacks("generating with this model", error);
    IdsTake t;
    bool may_end = a->natural_end && job->file.kind != IDS_IMAGE;
    ids_take_begin(&t, session, job->encoding.vocabulary, job->file.tokens,
                   &job->plan->sampler, seed, may_end);
    message_warn("take %d of %d, seed %" G_GUINT64_FORMAT, take, a->takes, seed);
    generate(job, &t);
    bool ok = write_take(job, &t, take, error);
    if (ok)
        message_warn("%zu ids after %u that were given", ids_take_length(&t),
                     t.prompt - 1);
    ids_take_clear(&t);
    session_free(session);
    return ok;
}

int continue_ids(const ContinueArguments *a, const Plan *plan) {
    Job job = {.arguments = a, .plan = plan};
    GError *error = NULL;
    bool ok = prepare(&job, &error);
    for (int take = 1; ok && take <= a->takes && !*interrupt_flag(); take++)
        ok = make_take(&job, take, &error);
    int status = ok ? interrupt_status(0) : message_fail(error);
    weights_free(job.weights);
    pool_free(job.pool);
    model_free(&job.model);
    ids_clear(&job.file);
    return status;
}
