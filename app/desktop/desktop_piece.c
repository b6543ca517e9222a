#include "app/desktop/desktop.h"

#include <string.h>

void desktop_changed(Desktop *d) {
    d->stale = d->unread = true;
    d->changed = g_get_monotonic_time();
}

void desktop_refresh(Desktop *d) {
    if (!d->stale) return;
    d->stale = false;
    document_path_clear(&d->path);
    document_path(&d->path, &d->document, d->document.view.take);
    // A take goes on after its last note while its end is still silence.
    const Take *t = document_take(&d->document, d->document.view.take);
    d->end = MAX(performance_end(&d->path.performance), t->finished ? 0 : t->end);
}

Stream *desktop_stream(Desktop *d, int take) {
    for (guint i = 0; i < d->streams->len; i++) {
        Stream *s = d->streams->pdata[i];
        if (s->take == take) return s;
    }
    return NULL;
}

static PlaybackList *playback_list(Desktop *d) {
    desktop_refresh(d);
    int number = d->document.view.take;
    Stream *s = desktop_stream(d, number);
    const Performance *p = &d->path.performance;
    return s ? playback_list_growing(p, &document_take(&d->document, number)->start, s)
             : playback_list_new(p);
}

// The ears are the output's latency behind what is rendered.
void desktop_follow_player(Desktop *d) {
    if (!d->playing) return;
    PlayerState s = player_state(d->player);
    EngineState e = engine_state(d->engine);
    double late = output_state(d->output).latency * 1e6;
    double since = e.time == TIME_RUNS ? (double)(g_get_monotonic_time() - e.at) - late
                                       : 0;
    // No more than a device's buffer can have passed since the engine told.
    int64_t heard = s.position +
                    (int64_t)(CLAMP(since, -late, 50000) * d->settings.speed);
    d->position = CLAMP(heard, 0, MAX(d->end, s.position));
    if (s.ended) {
        d->position = d->end;
        desktop_stop(d);
    }
}

static void follow_loop(Desktop *d) {
    const DocumentView *v = &d->document.view;
    player_set_loop(d->player, v->looping ? v->loop_from : 0,
                    v->looping ? v->loop_to : 0);
}

void desktop_play(Desktop *d, int64_t from, bool eager) {
    d->playing = true;
    d->position = from;
    follow_loop(d);
    player_play(d->player, playback_list(d), from, eager);
}

void desktop_stop(Desktop *d) {
    player_stop(d->player);
    d->playing = false;
}

void desktop_seek(Desktop *d, int64_t time) {
    desktop_refresh(d);
    d->position = CLAMP(time, 0, d->end);
    if (d->playing) desktop_play(d, d->position, false);
}

// Of two takes, up to where they are the same.
static int64_t same_until(const Document *d, int a, int b) {
    int64_t same = INT64_MAX;
    while (a != b) {
        const Take *x = document_take(d, a), *y = document_take(d, b);
        bool up_a = x->depth >= y->depth;
        same = MIN(same, up_a ? x->fork : y->fork);
        if (up_a)
            a = x->parent;
        else
            b = y->parent;
    }
    return same;
}

// After an edit: stops what writes for nobody, and plays what is now the piece.
static void follow_edit(Desktop *d, int before) {
    int now = d->document.view.take;
    desktop_changed(d);
    for (guint i = 0; i < d->streams->len; i++) {
        Stream *s = d->streams->pdata[i];
        if (!document_is_visible(&d->document, s->take))
            writer_stop(d->writer, s->take);
    }
    desktop_refresh(d);
    if (now != before) {
        d->compared = before;
        if (d->playing)
            player_change(d->player, playback_list(d),
                          same_until(&d->document, before, now));
    }
    if (!document_is_visible(&d->document, d->compared)) d->compared = -1;
    d->position = MIN(d->position, d->end);
    follow_loop(d);
}

void desktop_set_view(Desktop *d, DocumentView view) {
    GError *error = NULL;
    int before = d->document.view.take;
    if (document_set_view(&d->document, view, &error))
        follow_edit(d, before);
    else
        desktop_fail(d, CONCERN_FILE, error);
}

void desktop_show_take(Desktop *d, int take) {
    if (!document_take(&d->document, take) || !document_is_visible(&d->document, take))
        return;
    DocumentView view = d->document.view;
    view.take = take;
    desktop_set_view(d, view);
}

void desktop_step_take(Desktop *d, int step) {
    int count = (int)d->document.takes->len, take = d->document.view.take;
    do take = (take + step + count) % count;
    while (!document_is_visible(&d->document, take));
    desktop_show_take(d, take);
}

void desktop_undo(Desktop *d, bool redo) {
    GError *error = NULL;
    int before = d->document.view.take;
    if (redo ? document_redo(&d->document, &error)
             : document_undo(&d->document, &error))
        follow_edit(d, before);
    else
        desktop_fail(d, CONCERN_FILE, error);
}

void desktop_delete_take(Desktop *d) {
    GError *error = NULL;
    int before = d->document.view.take;
    if (before == 0) return;
    if (document_remove(&d->document, before, &error))
        follow_edit(d, before);
    else
        desktop_fail(d, CONCERN_FILE, error);
}

void desktop_set_loop(Desktop *d, int64_t from, int64_t to, bool on) {
    DocumentView view = d->document.view;
    view.loop_from = MAX(from, 0), view.loop_to = MAX(to, view.loop_from);
    view.looping = on;
    desktop_set_view(d, view);
}

void desktop_replace(Desktop *d, Document *document, Journal *journal) {
    GError *error = NULL;
    desktop_stop(d);
    desktop_stop_writing(d);
    g_ptr_array_set_size(d->streams, 0); // what still comes is for nobody
    d->duet.take = -1;
    if (d->journal) {
        journal_follow(d->journal, &d->document);
        if (!journal_close(d->journal, &error)) desktop_fail(d, CONCERN_FILE, error);
        error = NULL;
    }
    document_clear(&d->document);
    d->document = *document;
    *document = (Document){0};
    d->journal = journal;
    if (!journal && !journal_open(&d->journal, d->sessions, &error))
        desktop_fail(d, CONCERN_FILE, error);
    d->number++;
    d->position = 0;
    d->compared = -1;
    g_free(d->title);
    const char *name = document_take(&d->document, 0)->name;
    d->title = *name ? g_path_get_basename(name) : g_strdup("New piece");
    desktop_changed(d);
    desktop_refresh(d);
    follow_loop(d);
}
