#include "app/evaluation.h"

#include "midi/smf_read.h"
#include "midi/tokenizer.h"

void score_add(Score *sum, const Score *s) {
    sum->likelihood.nats += s->likelihood.nats;
    sum->likelihood.tokens += s->likelihood.tokens;
    sum->notes += s->notes;
    sum->seconds += s->seconds;
}

static bool choose_tokenizer(Evaluation *e, const EvaluationOptions *o,
                             GError **error) {
    const char *name = e->model.tokenizer ? e->model.tokenizer : o->tokenizer;
    if (!name)
        g_set_error(error, MODEL_ERROR, 0,
                    "%s: names no tokenizer, so --tokenizer must", o->model);
    else if (!tokenizer_from_name(name, &e->kind) ||
             tokenizer_vocabulary(e->kind) != e->config.vocabulary)
        g_set_error(error, MODEL_ERROR, 0,
                    "%s: its tokens are not those of a tokenizer "
                    "%s that this program knows",
                    o->model, name);
    else
        return true;
    return false;
}

static bool choose_config(Evaluation *e, const EvaluationOptions *o, GError **error) {
    Config *c = &e->config;
    *c = e->model.config;
    if (o->context) c->context = o->context;
    c->latents = o->latents ? o->latents : MIN(c->latents, c->context);
    e->stride = o->stride ? o->stride : MAX(1, c->latents / 2);
    if (!config_check(c, error)) return false;
    if (e->stride <= c->latents) return true;
    g_set_error(error, MODEL_ERROR, 0,
                "a stride of %d would leap over tokens: it can be "
                "%d latents at most",
                e->stride, c->latents);
    return false;
}

bool evaluation_open(Evaluation *ret, const EvaluationOptions *o, GError **error) {
    Evaluation e = {0};
    if (!model_load(o->model, &e.model, error)) return false;
    if (!choose_config(&e, o, error) || !choose_tokenizer(&e, o, error)) {
        evaluation_close(&e);
        return false;
    }
    e.pool = pool_new(o->threads);
    e.net = perceiver_new(&e.config, e.pool, e.config.context, e.config.latents);
    *ret = e;
    return true;
}

void evaluation_close(Evaluation *e) {
    perceiver_free(e->net);
    pool_free(e->pool);
    model_free(&e->model);
    *e = (Evaluation){0};
}

bool evaluation_measure(const Evaluation *e, const char *path, Score *ret,
                        GError **error) {
    Performance p = {0};
    if (!smf_read(path, &p, NULL, error)) return false;
    bool ok = p.note_count > 0;
    if (ok) {
        GArray *tokens = tokenizer_encode(&p, e->kind);
        Score s = {.notes = (int64_t)p.note_count,
                   .seconds = (double)performance_end(&p) / 1e6};
        evaluate_piece(&s.likelihood, e->net, &e->model.parameters, &e->config,
                       (const Token *)(void *)tokens->data, (int)tokens->len,
                       e->stride);
        g_array_unref(tokens);
        *ret = s;
    } else {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: holds no notes",
                    path);
    }
    performance_clear(&p);
    return ok;
}
