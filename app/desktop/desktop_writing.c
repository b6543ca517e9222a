#include "app/desktop/desktop.h"

#include <math.h>
#include <string.h>

#define SEEDS 1000000 // as many as are read at a glance
#define REST  80000   // microseconds without a change, before the prompt is read ahead

int64_t desktop_continue_at(const Desktop *d) {
    const DocumentView *v = &d->document.view;
    if (v->selection_to > v->selection_from) return MIN(v->selection_to, d->end);
    return v->point >= 0 ? MIN(v->point, d->end) : d->end;
}

// What the model is given begins here.
static int64_t prompt_from(const Desktop *d) {
    const DocumentView *v = &d->document.view;
    return v->selection_to > v->selection_from ? v->selection_from : 0;
}

static Plan plan(Desktop *d) {
    Settings *s = &d->settings;
    // A seed is drawn anew unless it is kept, and shown all the same.
    if (!s->keep_seed) s->seed = g_random_int_range(1, SEEDS);
    return (Plan){
        .sampler = {s->temperature, s->top_p, s->min_p, s->top_k,
                    continuation_sampler.within},
        .seed = (uint64_t)s->seed,
        .steps = s->endless ? 0
                            : (int64_t)llround(s->seconds * 1e6 / STEP_MICROSECONDS)};
}

// Adds a take to the document and has it written.
static bool begin_take(Desktop *d, const DocumentPrompt *p, const Plan *plan,
                       bool first, GError **error) {
    const WriterModel *m = writer_model(d->writer);
    g_autofree char *name = g_path_get_basename(m->path);
    Recipe recipe = {m->tokenizer, *plan, name, (char *)m->hash};
    int take = document_add_generated(&d->document, p->parent, p->fork, &recipe,
                                      &p->start, first, !first, error);
    if (take < 0) return false;
    Stream *s = stream_new(take, document_take(&d->document, take)->fork);
    g_ptr_array_add(d->streams, s);
    if (first) writer_follow(d->writer, take, s->fork);
    writer_write(d->writer, &(WriterJob){s, p->prompt.tokens, p->prompt.step,
                                         p->start.origin, *plan});
    return true;
}

// Plays on into the take that has just begun: without a break if the playhead is on its
// way there, else from where the take begins.
static void hear(Desktop *d, int before, int64_t fork) {
    desktop_changed(d);
    desktop_refresh(d);
    d->compared = before;
    bool coming = d->playing && d->position < fork && !d->document.view.looping;
    if (coming) {
        int take = d->document.view.take;
        Stream *s = desktop_stream(d, take);
        const Take *t = document_take(&d->document, take);
        player_change(d->player,
                      playback_list_growing(&d->path.performance, &t->start, s), fork);
    } else {
        desktop_play(d, fork, true);
    }
}

static void continue_take(Desktop *d, int take, int64_t from, int64_t time) {
    const WriterModel *m = writer_model(d->writer);
    if (!m) return;
    GError *error = NULL;
    desktop_unsay(d, CONCERN_MODEL);
    desktop_stop_writing(d);
    desktop_read_writer(d);
    DocumentPrompt p;
    document_prompt(&p, &d->document, take, from, time, m->tokenizer);
    int before = d->document.view.take;
    Plan of = plan(d);
    bool ok = true;
    for (int i = 0; i < d->settings.takes && ok; i++, of.seed++)
        ok = begin_take(d, &p, &of, i == 0, &error);
    if (ok)
        hear(d, before, p.fork);
    else
        desktop_fail(d, CONCERN_MODEL, error);
    document_prompt_clear(&p);
}

void desktop_continue_from(Desktop *d, int64_t time) {
    continue_take(d, d->document.view.take, prompt_from(d), time);
}

void desktop_continue_end(Desktop *d) {
    continue_take(d, d->document.view.take, 0, -1);
}

// Again while it is being written: another take, from the same place.
void desktop_continue(Desktop *d) {
    const DocumentView *v = &d->document.view;
    const Take *t = document_take(&d->document, v->take);
    bool marked = v->point >= 0 || v->selection_to > v->selection_from;
    if (!marked && desktop_stream(d, v->take))
        continue_take(d, t->parent, t->start.origin, t->fork);
    else
        desktop_continue_from(d, marked ? desktop_continue_at(d) : -1);
}

void desktop_stop_writing(Desktop *d) { writer_stop(d->writer, -1); }

// A take that was gone on from at its very end is finished: its closing tokens, which
// come after that, are for nobody.
static bool keep(Desktop *d, const WriterNews *n, GError **error) {
    const Take *t = document_take(&d->document, n->take);
    if (t->finished) return true;
    if (n->tokens->len > 0 &&
        !document_add_tokens(&d->document, n->take, &g_array_index(n->tokens, Token, 0),
                             n->tokens->len, error))
        return false;
    return !n->finished || document_finish(&d->document, n->take, n->drawn, error);
}

static void take_news(Desktop *d, Stream *s, WriterNews *n) {
    GError *error = NULL;
    if (!keep(d, n, &error)) {
        desktop_fail(d, CONCERN_MODEL, error);
        writer_stop(d->writer, n->take);
    }
    if (n->error) desktop_fail(d, CONCERN_MODEL, g_steal_pointer(&n->error));
    if (n->finished) g_ptr_array_remove(d->streams, s);
    if (n->finished && n->missing > 0)
        desktop_say(d, CONCERN_MODEL, false,
                    "Take %d ends %.1f seconds early: they would have been silent",
                    n->take, n->missing);
    desktop_changed(d);
}

// The prompt is looked at again when the lens is put on.
static void follow_lens(Desktop *d) {
    bool on = screen_look(d->screen).lens;
    if (on == d->lens) return;
    d->lens = on;
    d->unread |= on;
    writer_set_lens(d->writer, on);
}

void desktop_read_writer(Desktop *d) {
    WriterNews n;
    while (writer_read(d->writer, &n)) {
        // Of another document: its takes may have the same numbers.
        Stream *s = desktop_stream(d, n.take);
        if (s && s == n.stream) take_news(d, s, &n);
        g_array_unref(n.tokens);
        g_clear_error(&n.error);
    }
    if (d->writing.lens) g_array_unref(d->writing.lens);
    d->writing = writer_state(d->writer);
    follow_lens(d);
    Stream *s = desktop_stream(d, d->document.view.take);
    writer_follow(d->writer, s ? s->take : -1, d->position);
    g_autofree char *trouble = writer_trouble(d->writer);
    if (trouble && !d->notices[CONCERN_MODEL].text)
        desktop_say(d, CONCERN_MODEL, true, "%s", trouble);
}

void desktop_read_ahead(Desktop *d) {
    const WriterModel *m = writer_model(d->writer);
    bool rested = g_get_monotonic_time() > d->changed + REST;
    if (!m || !d->unread || !rested || writer_writes(d->writer, -1)) return;
    d->unread = false;
    DocumentPrompt p;
    bool marked = desktop_continue_at(d) < d->end;
    document_prompt(&p, &d->document, d->document.view.take, prompt_from(d),
                    marked ? desktop_continue_at(d) : -1, m->tokenizer);
    writer_prepare(d->writer, p.prompt.tokens, p.start.origin);
    document_prompt_clear(&p);
}
