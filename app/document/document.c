#include "app/document/document.h"

G_DEFINE_QUARK(document_error, document_error)

bool document_begin(Document *d, Origin origin, const char *name,
                    const Performance *root, GError **error) {
    *d = (Document){0};
    Operation o = {.kind = OPERATION_BEGIN, .origin = origin, .root = *root};
    o.name = (char *)name;
    if (document_apply(d, &o, error)) return true;
    document_clear(d);
    return false;
}

void document_clear(Document *d) {
    history_clear(&d->history);
    performance_clear(&d->root);
    if (d->takes) g_ptr_array_unref(d->takes);
    if (d->edits) g_array_unref(d->edits);
    *d = (Document){0};
}

static int add(Document *d, const Operation *o, GError **error) {
    return document_apply(d, o, error) ? (int)d->takes->len - 1 : -1;
}

int document_add_played(Document *d, int parent, int64_t fork, bool chosen,
                        GError **error) {
    Operation o = {.kind = OPERATION_ADD,
                   .take = parent,
                   .fork = fork,
                   .origin = ORIGIN_PLAYED,
                   .chosen = chosen};
    return add(d, &o, error);
}

int document_add_generated(Document *d, int parent, int64_t fork, const Recipe *recipe,
                           const TakeStart *start, bool chosen, bool joined,
                           GError **error) {
    Operation o = {.kind = OPERATION_ADD,
                   .take = parent,
                   .fork = fork,
                   .origin = ORIGIN_GENERATED,
                   .chosen = chosen,
                   .joined = joined,
                   .recipe = *recipe,
                   .start = *start};
    return add(d, &o, error);
}

bool document_add_tokens(Document *d, int take, const Token *tokens,
                         const Event *events, size_t count, GError **error) {
    if (count == 0) return true;
    Operation o = {.kind = OPERATION_TOKENS, .take = take, .count = count};
    o.events = (Event *)events;
    o.tokens = g_new(uint16_t, count);
    for (size_t i = 0; i < count; i++) o.tokens[i] = (uint16_t)tokens[i];
    bool ok = document_apply(d, &o, error);
    g_free(o.tokens);
    return ok;
}

bool document_add_events(Document *d, int take, const Event *events, size_t count,
                         GError **error) {
    if (count == 0) return true;
    Operation o = {.kind = OPERATION_EVENTS, .take = take, .count = count};
    o.events = (Event *)events;
    return document_apply(d, &o, error);
}

bool document_finish(Document *d, int take, int64_t drawn, GError **error) {
    Operation o = {.kind = OPERATION_FINISH, .take = take, .drawn = drawn};
    return document_apply(d, &o, error);
}

static bool simple(Document *d, OperationKind kind, int take, GError **error) {
    return document_apply(d, &(Operation){.kind = kind, .take = take}, error);
}

bool document_remove(Document *d, int take, GError **error) {
    return simple(d, OPERATION_REMOVE, take, error);
}

bool document_remove_too(Document *d, int take, GError **error) {
    Operation o = {.kind = OPERATION_REMOVE, .take = take, .joined = true};
    return document_apply(d, &o, error);
}

static bool is_view(const DocumentView *a, const DocumentView *b) {
    return a->take == b->take && a->point == b->point &&
           a->selection_from == b->selection_from &&
           a->selection_to == b->selection_to && a->loop_from == b->loop_from &&
           a->loop_to == b->loop_to && a->looping == b->looping;
}

bool document_set_view(Document *d, DocumentView view, GError **error) {
    if (is_view(&d->view, &view)) return true;
    Operation o = {.kind = OPERATION_VIEW, .view = view};
    return document_apply(d, &o, error);
}

bool document_set_bars(Document *d, TappedBars bars, GError **error) {
    Operation o = {.kind = OPERATION_BARS, .bars = bars};
    return document_apply(d, &o, error);
}

bool document_can_undo(const Document *d) { return d->edits_done > 0; }
bool document_can_redo(const Document *d) { return d->edits_done < d->edits->len; }

bool document_undo(Document *d, GError **error) {
    return simple(d, OPERATION_UNDO, 0, error);
}

bool document_redo(Document *d, GError **error) {
    return simple(d, OPERATION_REDO, 0, error);
}

const Take *document_take(const Document *d, int take) {
    if (take < 0 || (guint)take >= d->takes->len) return NULL;
    return g_ptr_array_index(d->takes, (guint)take);
}

bool document_is_visible(const Document *d, int take) {
    Take *const *takes = (Take *const *)d->takes->pdata;
    while (take >= 0 && !takes[take]->removed) take = takes[take]->parent;
    return take < 0;
}

void document_fork_point(const Document *d, int *take, int64_t time) {
    while (*take > 0 && time <= document_take(d, *take)->fork)
        *take = document_take(d, *take)->parent;
}
