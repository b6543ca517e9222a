#include "app/desktop/piece/piece.h"

#include <string.h>

void piece_changed(Piece *p) {
    p->stale = true;
    p->version++;
    p->changed = g_get_monotonic_time();
}

void piece_refresh(Piece *p) {
    if (!p->stale) return;
    p->stale = false;
    document_path_clear(&p->path);
    document_path(&p->path, &p->document, p->document.view.take);
    // An unfinished take may be longer than its last note: silence at its end counts.
    const Take *t = piece_take(p);
    p->end = MAX(performance_end(&p->path.performance), t->finished ? 0 : t->end);
}

void piece_replace(Piece *p, Document *document) {
    document_clear(&p->document);
    p->document = *document;
    *document = (Document){0};
    p->number++;
    p->compared = -1;
    const char *name = document_take(&p->document, 0)->name;
    g_free(p->title);
    p->title = *name ? g_path_get_basename(name) : g_strdup("New piece");
    piece_changed(p);
    piece_refresh(p);
}

void piece_clear(Piece *p) {
    document_path_clear(&p->path);
    document_clear(&p->document);
    g_free(p->title);
    *p = (Piece){0};
}

const Take *piece_take(const Piece *p) {
    return document_take(&p->document, p->document.view.take);
}

bool piece_is_empty(const Piece *p) { return p->path.performance.note_count == 0; }

static bool is_selected(const DocumentView *v) {
    return v->selection_to > v->selection_from;
}

int64_t piece_continue_at(const Piece *p) {
    const DocumentView *v = &p->document.view;
    if (is_selected(v)) return MIN(v->selection_to, p->end);
    return v->point >= 0 ? MIN(v->point, p->end) : p->end;
}

bool piece_is_marked(const Piece *p) {
    return p->document.view.point >= 0 || is_selected(&p->document.view);
}

int64_t piece_prompt_from(const Piece *p) {
    const DocumentView *v = &p->document.view;
    return is_selected(v) ? v->selection_from : 0;
}

char *piece_export_name(const Piece *p) {
    const char *dot = strrchr(p->title, '.');
    int stem = dot ? (int)(dot - p->title) : (int)strlen(p->title);
    return g_strdup_printf("%.*s%s", stem, p->title,
                           p->document.view.take ? ", continued" : "");
}

PlaybackList *piece_playback_list(Piece *p, Stream *stream) {
    piece_refresh(p);
    const Performance *all = &p->path.performance;
    PlaybackList *list = stream ? playback_list_growing(
                                      all, &piece_take(p)->generated.start, stream)
                                : playback_list_new(all);
    bool written = false;
    for (guint i = 0; i < p->path.spans->len; i++) {
        PathSpan span = g_array_index(p->path.spans, PathSpan, i);
        const Take *take = document_take(&p->document, span.take);
        if (written == (take->origin == ORIGIN_GENERATED)) continue;
        written = !written;
        playback_list_turn(list, span.from);
    }
    return list;
}

bool piece_set_view(Piece *p, DocumentView view, GError **error) {
    return document_set_view(&p->document, view, error);
}

bool piece_set_bars(Piece *p, TappedBars bars, GError **error) {
    return document_set_bars(&p->document, bars, error);
}

bool piece_undo(Piece *p, bool redo, GError **error) {
    return redo ? document_redo(&p->document, error)
                : document_undo(&p->document, error);
}

bool piece_remove_take(Piece *p, GError **error) {
    return document_remove(&p->document, p->document.view.take, error);
}

void piece_edited(Piece *p, int before) {
    piece_changed(p);
    piece_refresh(p);
    if (p->document.view.take != before) p->compared = before;
    if (!document_is_visible(&p->document, p->compared)) p->compared = -1;
}

bool piece_has_take(const Piece *p, int take) {
    return document_take(&p->document, take) && document_is_visible(&p->document, take);
}

int piece_take_beside(const Piece *p, int step) {
    int count = (int)p->document.takes->len, take = p->document.view.take;
    do take = (take + step + count) % count;
    while (!document_is_visible(&p->document, take));
    return take;
}

int64_t piece_same_until(const Piece *p, int a, int b) {
    int64_t same = INT64_MAX;
    while (a != b) {
        const Take *x = document_take(&p->document, a);
        const Take *y = document_take(&p->document, b);
        bool up_a = x->depth >= y->depth;
        same = MIN(same, up_a ? x->fork : y->fork);
        if (up_a)
            a = x->parent;
        else
            b = y->parent;
    }
    return same;
}
