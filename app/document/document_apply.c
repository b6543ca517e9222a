#include "app/document/bytes.h"
#include "app/document/document.h"

#include <math.h>
#include <string.h>

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool refuse(GError **error, const char *format, ...) {
    va_list list;
    va_start(list, format);
    GError *said = g_error_new_valist(DOCUMENT_ERROR, 0, format, list);
    va_end(list);
    g_propagate_error(error, said);
    return false;
}

static Take *take_at(const Document *d, int take) {
    return g_ptr_array_index(d->takes, (guint)take);
}

static bool is_there(const Document *d, int take, GError **error) {
    if (take >= 0 && (guint)take < d->takes->len) return true;
    return refuse(error, "there is no take %d", take);
}

static bool is_visible(const Document *d, int take, GError **error) {
    if (!is_there(d, take, error)) return false;
    return document_is_visible(d, take) || refuse(error, "take %d is removed", take);
}

// Edits and their undoing.

static void free_edit(void *data) {
    Edit *e = data;
    g_free(e->name[0]);
    g_free(e->name[1]);
}

static Edit *edit_at(const Document *d, guint i) {
    return &g_array_index(d->edits, Edit, i);
}

static bool may_join(const Document *d) {
    guint joined = 0;
    while (joined < d->edits_done && edit_at(d, d->edits_done - 1 - joined)->joined)
        joined++;
    return joined < d->edits_done && joined + 1 < DOCUMENT_MAX_JOINED;
}

// Records the state of `take` before an edit; undoing the edit restores it.
static Edit *begin_edit(Document *d, OperationKind kind, int take) {
    g_array_set_size(d->edits, d->edits_done++);
    bool removed = take_at(d, take)->removed;
    Edit edit = {.kind = kind,
                 .take = take,
                 .removed = {removed, removed},
                 .view = {d->view, d->view},
                 .bars = {d->bars, d->bars}};
    g_array_append_val(d->edits, edit);
    return edit_at(d, d->edits_done - 1);
}

static void set_edit(Document *d, const Edit *e, int side) {
    Take *t = take_at(d, e->take);
    t->removed = e->removed[side];
    d->view = e->view[side];
    d->bars = e->bars[side];
    if (!e->name[side]) return;
    g_free(t->name);
    t->name = g_strdup(e->name[side]);
}

static bool undo(Document *d, GError **error) {
    if (!document_can_undo(d)) return refuse(error, "there is nothing to undo");
    bool joined = true;
    while (joined) {
        const Edit *e = edit_at(d, --d->edits_done);
        set_edit(d, e, 0);
        joined = e->joined;
    }
    return true;
}

static bool redo(Document *d, GError **error) {
    if (!document_can_redo(d)) return refuse(error, "there is nothing to redo");
    do set_edit(d, edit_at(d, d->edits_done++), 1);
    while (document_can_redo(d) && edit_at(d, d->edits_done)->joined);
    return true;
}

// The effect of each operation. Each fails if the operation makes no sense here.

static bool in_time(int64_t time) { return time >= 0 && time <= TAKE_LATEST; }

static bool is_sound(const Performance *p) {
    for (size_t i = 0; i < p->note_count; i++) {
        Note n = p->notes[i];
        if (!in_time(n.onset) || !in_time(n.release) || n.release < n.onset)
            return false;
        if (n.pitch > 127 || n.velocity < 1 || n.velocity > 127) return false;
    }
    for (size_t i = 0; i < p->pedal_count; i++)
        if (!in_time(p->pedal[i].time) || p->pedal[i].value > 127) return false;
    for (size_t i = 0; i < p->move_count; i++)
        if (!in_time(p->moves[i].time) || p->moves[i].value > 127) return false;
    return true;
}

static void free_take(void *take) { take_free(take); }

static bool begin(Document *d, const Operation *o, GError **error) {
    if (d->takes) return refuse(error, "a document begins only once");
    if (o->origin == ORIGIN_GENERATED) return refuse(error, "no root is generated");
    if (!is_sound(&o->root))
        return refuse(error, "a note lies beyond %d hours or out of range",
                      (int)(TAKE_LATEST / 3600000000));
    for (size_t i = 0; i < o->root.note_count; i++)
        performance_add_note(&d->root, o->root.notes[i]);
    for (size_t i = 0; i < o->root.pedal_count; i++)
        performance_add_pedal(&d->root, o->root.pedal[i].time, o->root.pedal[i].value);
    for (size_t i = 0; i < o->root.move_count; i++)
        performance_move_pedal(&d->root, o->root.moves[i].time,
                               (Pedal)o->root.moves[i].pedal, o->root.moves[i].value);
    performance_finish(&d->root);
    d->root.tempo = tempo_map_ref(o->root.tempo);

    Take *root = g_new0(Take, 1);
    root->parent = -1;
    root->origin = o->origin;
    root->name = g_strdup(o->name ? o->name : "");
    root->finished = true;
    root->end = performance_end(&d->root);
    root->notes = d->root.note_count;
    d->takes = g_ptr_array_new_with_free_func(free_take);
    g_ptr_array_add(d->takes, root);
    d->edits = g_array_new(false, false, sizeof(Edit));
    g_array_set_clear_func(d->edits, free_edit);
    d->view = (DocumentView){.point = -1};
    return true;
}

static bool is_share(double value) { return value >= 0 && value <= 1; }

static bool are_dials(const Dials *dials) {
    for (Dial dial = 0; dial < DIALS; dial++)
        if (!(fabs(dials->at[dial]) <= dial_kinds[dial].most)) return false; // or NaN
    return true;
}

// Returns whether the numbers of a take that was chosen among several, a bridge or an
// ending, are valid, or all 0 for another take.
static bool is_chosen_or_none(const Operation *o) {
    const Recipe *r = &o->recipe;
    bool ending = r->plan.finish > 0;
    if (r->until == 0 && !ending) return !r->rank && !r->candidates && r->nats == 0;
    bool later = r->until * 1e6 > (double)o->fork && r->until * 1e6 <= TAKE_LATEST;
    return later != ending && r->rank <= r->candidates && isfinite(r->nats);
}

static bool check_recipe(const Operation *o, GError **error) {
    const Plan *plan = &o->recipe.plan;
    const Sampler *s = &plan->sampler;
    bool sound = isfinite(s->temperature) && s->temperature >= 0 &&
                 is_share(s->top_p) && is_share(s->min_p) &&
                 isfinite(s->within.temperature) && s->within.temperature >= 0 &&
                 is_share(s->within.top_p) && plan->closeness >= 0 &&
                 plan->closeness <= CONTINUATION_CLOSEST && are_dials(&plan->dials) &&
                 is_chosen_or_none(o) && plan->tokens >= 0 && plan->steps >= 0 &&
                 o->start.origin >= 0 && o->start.origin <= o->fork &&
                 o->start.step >= 0 &&
                 o->start.step <= TAKE_LATEST / STEP_MICROSECONDS &&
                 o->start.velocity >= 1 && o->start.velocity <= 127;
    return sound || refuse(error, "a take's recipe is out of range");
}

static bool add(Document *d, const Operation *o, GError **error) {
    int parent = o->take;
    if (!is_visible(d, parent, error)) return false;
    if (!in_time(o->fork)) return refuse(error, "a fork lies beyond all time");
    if (!o->recipe.until) document_fork_point(d, &parent, o->fork);
    Take *from = take_at(d, parent);
    if (d->takes->len >= DOCUMENT_MAX_TAKES)
        return refuse(error, "there are too many takes");
    if (from->depth >= DOCUMENT_MAX_DEPTH)
        return refuse(error, "there are too many takes upon takes");
    if (o->origin == ORIGIN_OPENED) return refuse(error, "only the root is opened");
    if (o->origin == ORIGIN_GENERATED && !check_recipe(o, error)) return false;

    Take *t = take_new(o->origin, o->fork, &o->recipe, &o->start);
    t->number = (int)d->takes->len;
    t->parent = parent;
    t->depth = from->depth + 1;
    from->finished = from->finished || t->until || t->fork >= from->end;
    g_ptr_array_add(d->takes, t);

    bool joined = o->joined && may_join(d);
    Edit *e = begin_edit(d, o->kind, t->number);
    e->joined = joined;
    e->removed[0] = true;
    if (o->chosen) {
        e->view[1].take = t->number;
        e->view[1].point = -1;
    }
    set_edit(d, e, 1);
    return true;
}

static bool grow(Document *d, const Operation *o, GError **error) {
    if (!is_there(d, o->take, error)) return false;
    Take *t = take_at(d, o->take);
    bool generated = t->origin == ORIGIN_GENERATED;
    if (t->finished) return refuse(error, "take %d is finished", o->take);
    if (generated != (o->kind == OPERATION_TOKENS))
        return refuse(error, "take %d does not grow by %s", o->take,
                      generated ? "events" : "tokens");
    if (generated)
        take_add_tokens(t, o->tokens, o->events, o->count);
    else if (take_accepts(t, o->events, o->count))
        take_add_events(t, o->events, o->count);
    else
        return refuse(error, "take %d cannot go on with such events", o->take);
    return true;
}

static bool finish(Document *d, const Operation *o, GError **error) {
    if (!is_there(d, o->take, error)) return false;
    Take *t = take_at(d, o->take);
    if (o->take == 0 || o->drawn < 0 || t->generated.drawn > 0)
        return refuse(error, "take %d cannot be finished so", o->take);
    t->finished = true;
    t->generated.drawn = o->drawn;
    return true;
}

// Removes or restores a take. If the view's take is removed, the view moves to the
// fork.
static bool set_removed(Document *d, const Operation *o, GError **error) {
    if (!is_there(d, o->take, error)) return false;
    Take *t = take_at(d, o->take);
    bool remove = o->kind == OPERATION_REMOVE;
    if (o->take == 0 || t->removed == remove || !document_is_visible(d, t->parent))
        return refuse(error, "take %d cannot be %s", o->take,
                      remove ? "removed" : "brought back");
    bool joined = o->joined && may_join(d);
    Edit *e = begin_edit(d, o->kind, o->take);
    e->joined = joined;
    e->removed[1] = remove;
    set_edit(d, e, 1);
    if (!remove || document_is_visible(d, d->view.take)) return true;
    e->view[1].take = t->parent;
    e->view[1].point = t->fork;
    set_edit(d, e, 1);
    return true;
}

static bool rename_take(Document *d, const Operation *o, GError **error) {
    if (!is_visible(d, o->take, error)) return false;
    Edit *e = begin_edit(d, o->kind, o->take);
    e->name[0] = g_strdup(take_at(d, o->take)->name);
    e->name[1] = g_strdup(o->name ? o->name : "");
    set_edit(d, e, 1);
    return true;
}

static bool is_span(int64_t from, int64_t to) {
    return from >= 0 && from <= to && to <= TAKE_LATEST;
}

static bool view(Document *d, const Operation *o, GError **error) {
    DocumentView v = o->view;
    if (!is_visible(d, v.take, error)) return false;
    if (v.point < -1 || v.point > TAKE_LATEST || !is_span(v.loop_from, v.loop_to) ||
        !is_span(v.selection_from, v.selection_to) ||
        (v.looping && v.loop_from == v.loop_to))
        return refuse(error, "the view lies beyond all time");
    Edit *e = begin_edit(d, o->kind, 0);
    e->view[1] = v;
    set_edit(d, e, 1);
    return true;
}

static bool set_bars(Document *d, const Operation *o, GError **error) {
    TappedBars b = o->bars;
    bool any = b.tempo > 0;
    if (any && (b.tempo < TAP_FASTEST || b.tempo > TEMPO_MOST || !b.beats ||
                !in_time(b.first)))
        return refuse(error, "there are no such bars");
    Edit *e = begin_edit(d, o->kind, 0);
    e->bars[1] = b;
    set_edit(d, e, 1);
    return true;
}

static bool act(Document *d, const Operation *o, GError **error) {
    switch (o->kind) {
    case OPERATION_BEGIN: return begin(d, o, error);
    case OPERATION_ADD: return add(d, o, error);
    case OPERATION_TOKENS:
    case OPERATION_EVENTS: return grow(d, o, error);
    case OPERATION_FINISH: return finish(d, o, error);
    case OPERATION_REMOVE:
    case OPERATION_RESTORE: return set_removed(d, o, error);
    case OPERATION_RENAME: return rename_take(d, o, error);
    case OPERATION_VIEW: return view(d, o, error);
    case OPERATION_BARS: return set_bars(d, o, error);
    case OPERATION_UNDO: return undo(d, error);
    case OPERATION_REDO: return redo(d, error);
    case OPERATION_KINDS: break;
    }
    return refuse(error, "there is no such operation");
}

static bool fits(const char *text) { return !text || strlen(text) <= BYTES_TEXT; }

bool document_apply(Document *d, const Operation *o, GError **error) {
    if (!d->takes && o->kind != OPERATION_BEGIN)
        return refuse(error, "the piece itself is missing");
    if (!fits(o->name) || !fits(o->recipe.model) || !fits(o->recipe.model_hash))
        return refuse(error, "a name has more than %d bytes", BYTES_TEXT);
    if (!d->history.bytes) history_init(&d->history);
    GByteArray *bytes = g_byte_array_new();
    operation_encode(bytes, o);
    bool ok = history_has_room(&d->history, bytes->len) ||
              refuse(error, "the session has grown to %u MiB and takes no more",
                     HISTORY_MAX_BYTES >> 20);
    ok = ok && act(d, o, error);
    if (ok) history_append(&d->history, bytes->data, bytes->len);
    g_byte_array_unref(bytes);
    return ok;
}
