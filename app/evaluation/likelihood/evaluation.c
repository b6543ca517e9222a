#include "app/evaluation/likelihood/evaluation.h"

#include "app/base/inputs.h"
#include "midi/tokenizer.h"
#include "model/files/memory.h"

void score_add(Score *sum, const Score *s) {
    sum->likelihood.nats += s->likelihood.nats;
    sum->likelihood.tokens += s->likelihood.tokens;
    sum->notes += s->notes;
    sum->seconds += s->seconds;
}

static bool choose_tokenizer(Evaluation *e, const EvaluationOptions *o,
                             GError **error) {
    const char *name = e->model.tokenizer ? e->model.tokenizer : o->tokenizer;
    bool known = encoding_from_name(name, e->model.config.vocabulary, &e->encoding);
    if (known && e->encoding.ids != o->ids)
        g_set_error(error, MODEL_ERROR, 0,
                    o->ids ? "%s: is a model of music, but --ids needs a model of ids"
                           : "%s: is a model of ids, so --ids must be given",
                    o->model);
    else if (known)
        return true;
    else if (!name)
        g_set_error(error, MODEL_ERROR, 0,
                    "%s: names no tokenizer, so --tokenizer must be given", o->model);
    else
        g_set_error(error, MODEL_ERROR, 0,
                    "%s: its tokens are not those of a tokenizer "
                    "%s that this program knows",
                    o->model, name);
    return false;
}

// All contexts have the same stride, so it must suit the fewest latents.
static bool choose_configs(Evaluation *e, const EvaluationOptions *o, GError **error) {
    int fewest = G_MAXINT;
    e->context_count = o->context_count;
    for (int i = 0; i < e->context_count; i++) {
        Config *c = &e->configs[i];
        *c = e->model.config;
        if (o->contexts[i]) c->context = o->contexts[i];
        c->latents = o->latents ? o->latents : MIN(c->latents, c->context);
        if (!config_check(c, error)) return false;
        fewest = MIN(fewest, c->latents);
    }
    e->stride = o->stride ? o->stride : MAX(1, fewest / 2);
    if (e->stride <= fewest) return true;
    g_set_error(error, MODEL_ERROR, 0,
                "a stride of %d would skip tokens: it must be at most "
                "%d latents",
                e->stride, fewest);
    return false;
}

// Returns predictors that are large enough for the windows of all contexts.
static Predictors *new_predictors(const Evaluation *e, const EvaluationOptions *o) {
    Config most = e->model.config;
    most.context = most.latents = 0;
    for (int i = 0; i < e->context_count; i++) {
        most.context = MAX(most.context, e->configs[i].context);
        most.latents = MAX(most.latents, e->configs[i].latents);
    }
    return predictors_new(&most, o->threads, !o->only_float);
}

bool evaluation_open(Evaluation *ret, const EvaluationOptions *o, GError **error) {
    Evaluation e = {0};
    if (!input_load_model(o->model, &e.model, error)) return false;
    if (!choose_configs(&e, o, error) || !choose_tokenizer(&e, o, error)) {
        evaluation_close(&e);
        return false;
    }
    *ret = e;
    if (o->stepwise) {
        ret->pool = pool_new(o->threads);
        pool_set_mixed(ret->pool, o->int8);
        ret->weights = weights_new(&ret->model, o->int8); // borrows ret->model
    } else {
        ret->predictors = new_predictors(ret, o);
    }
    if (ret->weights || ret->predictors) return true;
    evaluation_close(ret);
    return memory_lacks("this model and context", error);
}

void evaluation_close(Evaluation *e) {
    predictors_free(e->predictors);
    weights_free(e->weights);
    pool_free(e->pool);
    model_free(&e->model);
    *e = (Evaluation){0};
}

static bool measure_tokens(const Evaluation *e, Likelihood *sum, const Config *c,
                           const GArray *tokens, EvaluateReport r, GError **error) {
    const Token *first = (const Token *)(void *)tokens->data;
    if (e->predictors) {
        evaluate_piece(sum, e->predictors, &e->model.parameters, c, first,
                       (int)tokens->len, e->stride, r);
        return true;
    }
    Session *session = session_new(e->weights, e->pool);
    if (!session) return memory_lacks("this model and context", error);
    evaluate_steps(sum, session, first, (int)tokens->len, r);
    session_free(session);
    return true;
}

// Reports the progress within one of several contexts as progress of the file.
typedef struct Part {
    EvaluateReport whole;
    int at, of;
} Part;

static void report_part(void *data, double done) {
    const Part *p = data;
    if (p->whole.report) p->whole.report(p->whole.data, (p->at + done) / p->of);
}

static GArray *read_music(const Evaluation *e, const char *path, Score *ret,
                          GError **error) {
    Performance p = {0};
    if (!input_read_music(path, &p, error)) return NULL;
    ret->notes = (int64_t)p.note_count;
    ret->seconds = (double)performance_end(&p) / 1e6;
    GArray *tokens = tokenizer_encode(&p, e->encoding.kind);
    performance_clear(&p);
    return tokens;
}

// Reads the ids of a file, without the end token, which is not scored.
static GArray *read_ids(const Evaluation *e, const char *path, GError **error) {
    GArray *tokens = encoding_read(&e->encoding, path, error);
    return tokens ? g_array_set_size(tokens, tokens->len - 1) : NULL;
}

bool evaluation_measure(const Evaluation *e, const char *path,
                        Score ret[EVALUATION_CONTEXTS], EvaluateReport r,
                        GError **error) {
    Score about = {0};
    GArray *tokens = e->encoding.ids ? read_ids(e, path, error)
                                     : read_music(e, path, &about, error);
    bool ok = tokens;
    for (int i = 0; ok && i < e->context_count; i++) {
        ret[i] = about;
        Part part = {r, i, e->context_count};
        ok = measure_tokens(e, &ret[i].likelihood, &e->configs[i], tokens,
                            (EvaluateReport){report_part, &part}, error);
    }
    if (tokens) g_array_unref(tokens);
    return ok;
}
