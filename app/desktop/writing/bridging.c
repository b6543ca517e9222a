#include "app/desktop/writing/bridging.h"

#include <math.h>

#define MEASURED 4.0 // seconds of writing after which the total time can be estimated

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

bool bridging_is_ending(const Take *t) { return t->generated.recipe.plan.finish > 0; }

static bool is_either(const Take *t) { return t->until || bridging_is_ending(t); }

// Where takes are alternatives: bridges of one span, or endings from one moment.
typedef struct Place {
    int parent;
    int64_t fork;
    int64_t until; // 0: an ending
} Place;

static Place place_of(const Take *t) { return (Place){t->parent, t->fork, t->until}; }

static bool is_at(const Document *d, int take, Place place) {
    const Take *t = document_take(d, take);
    return is_either(t) && t->until == place.until && t->fork == place.fork &&
           t->parent == place.parent && document_is_visible(d, take);
}

static int count_at(const Document *d, Place place) {
    int count = 0;
    for (int i = 1; i < (int)d->takes->len; i++) count += is_at(d, i, place);
    return count;
}

bool bridging_has_room(const Document *d, int parent, int64_t fork, int64_t until,
                       int count, GError **error) {
    int there = count_at(d, (Place){parent, fork, until});
    if (there + count < DOCUMENT_MAX_JOINED) return true;
    g_set_error(error, DOCUMENT_ERROR, 0,
                until ? "this span has %d bridges: keep one (Y) or go back (N) first"
                      : "there are %d endings here: keep one (Y) or go back (N) first",
                there);
    return false;
}

// Takes the bridge over.
static void request(Bridging *b, Writer *w, Bridge *bridge, const Bridging *of,
                    int count) {
    Recipe recipe = recipe_of(writer_model(w), bridge, &of->recipe.plan, count);
    bridging_close(b);
    *b = *of;
    b->on = true;
    b->count = count;
    b->recipe = recipe;
    writer_bridge(w, bridge, &recipe.plan, count);
}

bool bridging_begin(Bridging *b, Writer *w, const Document *d, int parent, Span span,
                    const Plan *plan, int count, GError **error) {
    DocumentPath path;
    Bridge bridge = {0};
    if (!bridging_has_room(d, parent, span.from, span.to, count, error)) return false;
    document_path(&path, d, parent);
    bool ok = bridge_cut(&bridge, &path.performance, writer_model(w)->tokenizer,
                         span.from, span.to, error);
    document_path_clear(&path);
    if (!ok) return false;
    Bridging of = {.parent = parent,
                   .fork = bridge.prompt.cut,
                   .start = take_start(&bridge.prompt.decoder, 0),
                   .recipe.plan = *plan};
    of.recipe.plan.steps = bridge_steps(&bridge);
    request(b, w, &bridge, &of, count);
    return true;
}

bool bridging_end(Bridging *b, Writer *w, const Document *d, DocumentPrompt *p,
                  const Plan *plan, int count, GError **error) {
    if (!bridging_has_room(d, p->parent, p->fork, 0, count, error)) return false;
    Bridge bridge = {.kind = writer_model(w)->tokenizer, .prompt = p->prompt};
    Bridging of = {
        .parent = p->parent, .fork = p->fork, .start = p->start, .recipe.plan = *plan};
    p->prompt = (Prompt){0};
    request(b, w, &bridge, &of, count);
    return true;
}

void bridging_forget(Bridging *b) { b->foreign = b->on; }

static bool add_take(const Bridging *b, Document *d, const ChoiceTake *t, int rank,
                     GError **error) {
    Recipe recipe = b->recipe;
    recipe.plan.seed = t->seed;
    recipe.rank = rank;
    recipe.nats = t->nats;
    recipe.candidates = b->count;
    int take = document_add_generated(d, b->parent, b->fork, &recipe, &b->start,
                                      rank == 1, rank > 1, error);
    const Token *tokens = &g_array_index(t->tokens, Token, 0);
    return take > 0 &&
           document_add_tokens(d, take, tokens, NULL, t->tokens->len, error) &&
           document_finish(d, take, t->drawn, error);
}

// Returns 0 while it is not known.
static double seconds_left(const Bridging *b, double done) {
    double writing = (double)(g_get_monotonic_time() - b->wrote) / 1e6;
    if (!b->wrote || writing < MEASURED || done <= b->written) return 0;
    return writing * (1 - done) / (done - b->written);
}

int bridging_affords(int count, double left) {
    if (count == 1) return left <= BRIDGING_LONGEST;
    if (left <= BRIDGING_PATIENCE) return count;
    return (int)CLAMP(count * BRIDGING_PATIENCE / left, 1, count - 1);
}

static void measure(Bridging *b, double done) {
    b->wrote = g_get_monotonic_time();
    b->written = done;
}

static void lose_patience(Bridging *b, Writer *w) {
    double done = writer_bridging(w);
    // The prompt must be read before the first music, which says nothing about how fast
    // the music comes.
    if (done > 0 && !b->wrote) measure(b, done);
    double left = seconds_left(b, done);
    if (b->too_long > 0 || left <= 0) return;
    int count = bridging_affords(b->count, left);
    if (count == 0) {
        b->too_long = left;
        writer_stop(w, -1);
    } else if (count < b->count) {
        b->count = count;
        writer_bridge_fewer(w, count);
        measure(b, done);
    }
}

// Being stopped is an error only if the machine was too slow.
static void explain(const Bridging *b, GError **error) {
    if (!g_error_matches(*error, G_FILE_ERROR, G_FILE_ERROR_INTR)) return;
    g_clear_error(error);
    if (b->too_long > 0)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "this would take %.0f minutes here; a shorter %s is made sooner",
                    ceil(b->too_long / 60),
                    b->recipe.plan.finish > 0 ? "ending" : "bridge");
}

bool bridging_read(Bridging *b, Writer *w, Document *d, BridgingNews *ret) {
    GPtrArray *takes = NULL;
    bool slow = b->count < b->recipe.candidates;
    *ret = (BridgingNews){
        .slow = slow, .fork = b->fork, .ending = b->recipe.plan.finish > 0};
    if (!b->on) return false;
    if (!writer_read_bridge(w, &takes, &ret->error)) {
        lose_patience(b, w);
        return false;
    }
    b->on = false;
    if (takes) b->count = (int)takes->len;
    for (guint i = 0; takes && i < takes->len && !b->foreign && !ret->error; i++)
        if (add_take(b, d, takes->pdata[i], (int)i + 1, &ret->error)) ret->takes++;
    if (takes) g_ptr_array_unref(takes);
    explain(b, &ret->error);
    if (b->foreign) g_clear_error(&ret->error);
    return !b->foreign;
}

int bridging_others(const Document *d, int take) {
    const Take *t = document_take(d, take);
    return is_either(t) ? count_at(d, place_of(t)) - document_is_visible(d, take) : 0;
}

static bool remove_others(Document *d, const Take *t, bool joined, GError **error) {
    bool ok = true;
    for (int i = 1; ok && i < (int)d->takes->len; i++) {
        if (i == t->number || !is_at(d, i, place_of(t))) continue;
        ok = joined ? document_remove_too(d, i, error) : document_remove(d, i, error);
        joined = true;
    }
    return ok;
}

bool bridging_keep(Document *d, GError **error) {
    const Take *t = document_take(d, d->view.take);
    return !is_either(t) || remove_others(d, t, false, error);
}

bool bridging_reject(Document *d, GError **error) {
    const Take *t = document_take(d, d->view.take);
    DocumentView view = d->view;
    if (!is_either(t)) return true;
    view.take = t->parent;
    return document_set_view(d, view, error) && remove_others(d, t, true, error) &&
           document_remove_too(d, t->number, error);
}

void bridging_show(const Bridging *b, Writer *w, const Document *d, View *ret) {
    ViewBridge *v = &ret->generation.bridge;
    v->shown = is_either(document_take(d, d->view.take));
    v->others = bridging_others(d, d->view.take);
    if (!b->on) return;
    double done = writer_bridging(w);
    ret->generation.writing = WRITING_BRIDGE;
    v->ending = b->recipe.plan.finish > 0;
    v->done = done;
    v->left = seconds_left(b, done);
}
