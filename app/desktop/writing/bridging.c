#include "app/desktop/writing/bridging.h"

#include <math.h>

#define MEASURED 4.0 // seconds after which the total time can be estimated

void bridging_close(Bridging *b) {
    g_free(b->recipe.model);
    g_free(b->recipe.model_hash);
    *b = (Bridging){0};
}

static Recipe recipe_of(const WriterModel *m, const Bridge *bridge, const Plan *plan,
                        int count) {
    return (Recipe){.tokenizer = m->tokenizer,
                    .plan = *plan,
                    .model = g_path_get_basename(m->path),
                    .model_hash = g_strdup(m->hash),
                    .until = (double)bridge->follows.until / 1e6,
                    .candidates = count};
}

bool bridging_has_room(const Document *d, int parent, Span span, int count,
                       GError **error) {
    int there = 0;
    for (int i = 1; i < (int)d->takes->len; i++) {
        const Take *t = document_take(d, i);
        there += t->parent == parent && t->fork == span.from && t->until == span.to &&
                 document_is_visible(d, i);
    }
    if (there + count < DOCUMENT_MAX_JOINED) return true;
    g_set_error(error, DOCUMENT_ERROR, 0,
                "this span has %d bridges: keep one (Y) or go back (N) first", there);
    return false;
}

bool bridging_begin(Bridging *b, Writer *w, const Document *d, int parent, Span span,
                    const Plan *plan, int count, GError **error) {
    const WriterModel *m = writer_model(w);
    DocumentPath path;
    Bridge bridge = {0};
    if (!bridging_has_room(d, parent, span, count, error)) return false;
    document_path(&path, d, parent);
    bool ok = bridge_cut(&bridge, &path.performance, m->tokenizer, span.from, span.to,
                         error);
    document_path_clear(&path);
    if (!ok) return false;
    bridging_close(b);
    Plan of = *plan;
    of.steps = bridge_steps(&bridge);
    *b = (Bridging){.on = true,
                    .parent = parent,
                    .fork = bridge.prompt.cut,
                    .began = g_get_monotonic_time(),
                    .start = take_start(&bridge.prompt.decoder, 0),
                    .recipe = recipe_of(m, &bridge, &of, count)};
    writer_bridge(w, &bridge, &of, count);
    return true;
}

void bridging_forget(Bridging *b) { b->foreign = b->on; }

static bool add_take(const Bridging *b, Document *d, const ChoiceTake *t, int rank,
                     GError **error) {
    Recipe recipe = b->recipe;
    recipe.plan.seed = t->seed;
    recipe.rank = rank;
    recipe.nats = t->nats;
    int take = document_add_generated(d, b->parent, b->fork, &recipe, &b->start,
                                      rank == 1, rank > 1, error);
    const Token *tokens = &g_array_index(t->tokens, Token, 0);
    return take > 0 &&
           document_add_tokens(d, take, tokens, NULL, t->tokens->len, error) &&
           document_finish(d, take, t->drawn, error);
}

static double seconds_in_all(const Bridging *b, double done) {
    double spent = (double)(g_get_monotonic_time() - b->began) / 1e6;
    return spent > MEASURED && done > 0 ? spent / done : 0;
}

static void lose_patience(Bridging *b, Writer *w) {
    double all = seconds_in_all(b, writer_bridging(w));
    if (b->too_long > 0 || all <= BRIDGING_PATIENCE) return;
    b->too_long = all;
    writer_stop(w, -1);
}

// Being stopped is an error only if the machine was too slow.
static void explain(const Bridging *b, GError **error) {
    if (!g_error_matches(*error, G_FILE_ERROR, G_FILE_ERROR_INTR)) return;
    g_clear_error(error);
    if (b->too_long > 0)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "this would take %.0f minutes here; a shorter span is bridged "
                    "sooner",
                    ceil(b->too_long / 60));
}

bool bridging_read(Bridging *b, Writer *w, Document *d, BridgingNews *ret) {
    GPtrArray *takes = NULL;
    *ret = (BridgingNews){.fork = b->fork};
    if (!b->on) return false;
    if (!writer_read_bridge(w, &takes, &ret->error)) {
        lose_patience(b, w);
        return false;
    }
    b->on = false;
    for (guint i = 0; takes && i < takes->len && !b->foreign && !ret->error; i++)
        if (add_take(b, d, takes->pdata[i], (int)i + 1, &ret->error)) ret->takes++;
    if (takes) g_ptr_array_unref(takes);
    explain(b, &ret->error);
    if (b->foreign) g_clear_error(&ret->error);
    return !b->foreign;
}

static bool is_another(const Document *d, const Take *t, int take) {
    const Take *other = document_take(d, take);
    return take != t->number && other->until == t->until && other->fork == t->fork &&
           other->parent == t->parent && document_is_visible(d, take);
}

int bridging_others(const Document *d, int take) {
    const Take *t = document_take(d, take);
    int others = 0;
    for (int i = 1; t->until && i < (int)d->takes->len; i++)
        others += is_another(d, t, i);
    return others;
}

static bool remove_others(Document *d, const Take *t, bool joined, GError **error) {
    bool ok = true;
    for (int i = 1; ok && i < (int)d->takes->len; i++) {
        if (!is_another(d, t, i)) continue;
        ok = joined ? document_remove_too(d, i, error) : document_remove(d, i, error);
        joined = true;
    }
    return ok;
}

bool bridging_keep(Document *d, GError **error) {
    const Take *t = document_take(d, d->view.take);
    return !t->until || remove_others(d, t, false, error);
}

bool bridging_reject(Document *d, GError **error) {
    const Take *t = document_take(d, d->view.take);
    DocumentView view = d->view;
    if (!t->until) return true;
    view.take = t->parent;
    return document_set_view(d, view, error) && remove_others(d, t, true, error) &&
           document_remove_too(d, t->number, error);
}

void bridging_show(const Bridging *b, Writer *w, const Document *d, View *ret) {
    ViewBridge *v = &ret->bridge;
    v->shown = document_take(d, d->view.take)->until > 0;
    v->others = bridging_others(d, d->view.take);
    if (!b->on) return;
    double done = writer_bridging(w), all = seconds_in_all(b, done);
    ret->writing = WRITING_BRIDGE;
    v->done = done;
    v->left = all > 0 ? all * (1 - done) : 0;
}
