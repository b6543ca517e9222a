#include "app/desktop/writing/generation.h"

#define REST 80000 // microseconds without a change before the prompt is read ahead

void generation_open(Generation *g, const char *model, bool lens, Wake wake) {
    *g = (Generation){
        .writer = writer_new(model, wake), .prepared = -1, .closeness = 1};
    g->streams = g_ptr_array_new_with_free_func((GDestroyNotify)stream_unref);
    generation_set_lens(g, lens);
}

void generation_close(Generation *g) {
    writer_free(g->writer);
    g_ptr_array_unref(g->streams);
    if (g->state.lens) g_array_unref(g->state.lens);
    *g = (Generation){0};
}

void generation_set_model(Generation *g, const char *model) {
    g->prepared = -1;
    writer_set_model(g->writer, model);
}

const WriterModel *generation_model(const Generation *g) {
    return writer_model(g->writer);
}

Stream *generation_stream(const Generation *g, int take) {
    return stream_find(g->streams, take);
}

static int add(const Generation *g, Document *d, const DocumentPrompt *p,
               const Plan *plan, bool first, GError **error) {
    const WriterModel *m = writer_model(g->writer);
    g_autofree char *name = g_path_get_basename(m->path);
    Recipe recipe = {.tokenizer = m->tokenizer,
                     .plan = *plan,
                     .model = name,
                     .model_hash = (char *)m->hash};
    return document_add_generated(d, p->parent, p->fork, &recipe, &p->start, first,
                                  !first, error);
}

// The writer is told last of all what there is to write: woken, it would hold its lock
// while main goes on.
Stream *generation_begin(Generation *g, Document *d, const DocumentPrompt *p,
                         const Plan *plan, bool first, GError **error) {
    int take = add(g, d, p, plan, first, error);
    if (take < 0) return NULL;
    Stream *s = stream_new(take, document_take(d, take)->fork);
    g_ptr_array_add(g->streams, s);
    if (first) writer_follow(g->writer, take, s->fork);
    writer_write(g->writer, &(WriterJob){s, p->prompt.tokens, p->prompt.step,
                                         p->start.origin, *plan});
    return s;
}

Stream *generation_take_over(Generation *g, Document *d, const DocumentPrompt *p,
                             const Plan *plan, Ghost *ghost, GError **error) {
    int take = add(g, d, p, plan, true, error);
    if (take < 0) return NULL;
    writer_follow(g->writer, take, p->fork);
    Stream *s = ghost_take(ghost, g->writer, take);
    g_ptr_array_add(g->streams, s);
    return s;
}

void generation_stop(Generation *g) { writer_stop(g->writer, -1); }

void generation_stop_hidden(Generation *g, const Document *d) {
    for (guint i = 0; i < g->streams->len; i++) {
        const Stream *s = g->streams->pdata[i];
        if (!document_is_visible(d, s->take)) writer_stop(g->writer, s->take);
    }
}

void generation_forget(Generation *g) { g_ptr_array_set_size(g->streams, 0); }

// A take that was continued from its very end is already finished: drop its closing
// tokens, which arrive later.
static bool keep(Document *d, const WriterNews *n, GError **error) {
    const Take *t = document_take(d, n->take);
    if (t->finished) return true;
    if (n->tokens->len > 0 &&
        !document_add_tokens(d, n->take, &g_array_index(n->tokens, Token, 0),
                             &g_array_index(n->events, Event, 0), n->tokens->len,
                             error))
        return false;
    return !n->finished || document_finish(d, n->take, n->drawn, error);
}

static void take_news(Generation *g, Document *d, Stream *s, WriterNews *n,
                      GenerationNews *ret) {
    *ret = (GenerationNews){.take = n->take};
    if (!keep(d, n, &ret->error)) writer_stop(g->writer, n->take);
    if (n->error) {
        g_clear_error(&ret->error);
        ret->error = g_steal_pointer(&n->error);
    }
    if (n->finished) {
        g_ptr_array_remove(g->streams, s);
        ret->missing = n->missing;
    }
}

bool generation_read(Generation *g, Document *d, GenerationNews *ret) {
    WriterNews n;
    bool ours = false;
    while (!ours && writer_read(g->writer, &n)) {
        // News of another document's takes, which may have the same numbers,
        // is dropped.
        Stream *s = stream_find(g->streams, n.take);
        ours = s && s == n.stream;
        if (ours) take_news(g, d, s, &n, ret);
        g_array_unref(n.tokens);
        g_array_unref(n.events);
        g_clear_error(&n.error);
    }
    return ours;
}

void generation_follow(Generation *g, int take, int64_t playhead) {
    if (g->state.lens) g_array_unref(g->state.lens);
    g->state = writer_state(g->writer);
    writer_follow(g->writer, generation_stream(g, take) ? take : -1, playhead);
}

// Switching the lens on reads the prompt again, because its attention was not stored.
void generation_set_lens(Generation *g, bool on) {
    if (on == g->lens) return;
    g->lens = on;
    if (on) g->prepared = -1;
    writer_set_lens(g->writer, on);
}

const GArray *generation_lens(const Generation *g) {
    return g->lens ? g->state.lens : NULL;
}

void generation_set_closeness(Generation *g, double closeness) {
    if (closeness == g->closeness) return;
    g->closeness = closeness;
    g->prepared = -1;
    writer_set_closeness(g->writer, closeness);
}

bool generation_is_behind(const Generation *g, int version) {
    return g->prepared != version;
}

void generation_read_ahead(Generation *g, const Document *d, int64_t from, int64_t time,
                           int version, int64_t changed) {
    const WriterModel *m = writer_model(g->writer);
    bool rested = g_get_monotonic_time() > changed + REST;
    if (!m || !generation_is_behind(g, version) || !rested || writer_writes(g->writer))
        return;
    g->prepared = version;
    DocumentPrompt p;
    document_prompt(&p, d, d->view.take, from, time, m->tokenizer);
    writer_prepare(g->writer, p.prompt.tokens, p.start.origin);
    document_prompt_clear(&p);
}

static Writing writing(const Generation *g, int take, bool waits) {
    if (!writer_model(g->writer)) return WRITING_NO_MODEL;
    if (g->streams->len == 0) return WRITING_IDLE;
    if (g->state.reading) return WRITING_READING;
    return waits && generation_stream(g, take) ? WRITING_BEHIND : WRITING_AHEAD;
}

void generation_show(const Generation *g, int take, bool waits, double speed,
                     double ahead, View *ret) {
    const WriterState *s = &g->state;
    const WriterModel *m = writer_model(g->writer);
    ret->generation.writing = writing(g, take, waits);
    ret->generation.pace = (ViewSpeed){s->rate, s->needed * speed, ahead, s->context,
                                       m ? m->context : 0};
    ret->lens.horizon = (ViewHorizon){s->context > 0, s->attended, s->latents};
}
