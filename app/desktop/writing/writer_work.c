#include "app/desktop/writing/writer_work.h"

#include "model/files/memory.h"

#define BATCH   4000   // microseconds of work between two checks for requests
#define LOOK    100000 // microseconds between two updates of the lens
#define MEASURE 500000 // microseconds of work over which the rate is measured

static void ready_clear(Ready *r) {
    if (r->tokens) g_array_unref(r->tokens);
    if (r->events) g_array_unref(r->events);
    session_free(r->session);
    *r = (Ready){0};
}

void writer_unload(Writer *w) {
    ready_clear(&w->ready);
    memory_free(w->lens.attention);
    memory_free(w->lens.recalled);
    shared_model_unref(w->model);
    w->model = NULL;
    w->lens.attention = w->lens.recalled = NULL;
}

static bool load(Writer *w, const char *wanted, GError **error) {
    w->model = shared_model_load(wanted, error);
    if (!w->model) return false;
    const Model *m = &w->model->model;
    w->lens.attention = memory_new((size_t)m->config.context, sizeof(real));
    w->lens.recalled = memory_new((size_t)m->config.context, sizeof(real));
    if (!w->lens.attention || !w->lens.recalled)
        return memory_lacks("this model", error);
    w->slot.known = (WriterModel){w->model->path,      m->hash,
                                  w->model->card_text, w->model->tokenizer,
                                  m->config.context,   m->config.recall_heads > 0};
    return true;
}

// ---- choosing a take

// Everything before this time is to be generated for now.
static int64_t limit(const Writer *w, const WriterTask *j) {
    const Plan *plan = &j->asked.plan;
    if (plan->steps || plan->tokens || j->stop) return INT64_MAX;
    return MAX(w->followed.playhead, j->asked.stream->fork) + WRITER_ENDLESS;
}

static bool is_far(const Writer *w, const WriterTask *j) {
    return j->asked.stream->known > limit(w, j);
}

static WriterTurn turn(const Writer *w, WriterTask *j) {
    return (WriterTurn){.task = j,
                        .heard = w->followed.take < 0 ||
                                 j->asked.stream->take == w->followed.take,
                        .stop = j->stop,
                        .until = limit(w, j)};
}

// Writes the tasks to go on with to ret, (WRITER_TURNS), and returns their number.
static int choose(const Writer *w, WriterTurn *ret) {
    int count = 0;
    for (guint i = 0; i < w->jobs->len; i++) {
        WriterTask *j = w->jobs->pdata[i];
        const Stream *s = j->asked.stream;
        if (j->news.finished || j->away || is_far(w, j)) continue;
        if (s->take == w->followed.take &&
            s->known < MAX(w->followed.playhead, s->fork) + WRITER_AHEAD) {
            ret[0] = turn(w, j); // it needs all threads
            return 1;
        }
        if (count < WRITER_TURNS) ret[count++] = turn(w, j);
    }
    return count;
}

// ---- writing

void writer_tell(Writer *w) {
    w->woken = g_get_monotonic_time();
    wake_up(w->wake);
}

// Reads a prompt, unless it is read already.
static void read_prompt(Writer *w, GArray *tokens, double closeness) {
    if (writer_same_tokens(w->ready.tokens, tokens) && w->ready.closeness == closeness)
        return;
    ready_clear(&w->ready);
    Session *s = session_new(w->model->weights, w->pool);
    if (!s) return;
    const Token *first = &g_array_index(tokens, Token, 0);
    session_set_closeness(s, closeness);
    session_sync(s, first, (int)tokens->len);
    w->ready = (Ready){g_array_ref(tokens), tokenizer_events(first, tokens->len), s,
                       closeness};
}

// Returns false if there is not enough memory for its session. Takes of one prompt read
// it once.
static bool begin(Writer *w, WriterTask *j) {
    read_prompt(w, j->asked.tokens, j->asked.plan.closeness);
    Session *s = w->ready.session ? session_fork(w->ready.session) : NULL;
    return writer_task_begin(j, w->model, s);
}

static void give_up(Writer *w, WriterTask *j) {
    stream_end(j->asked.stream);
    monitor_lock(&w->worker.monitor);
    writer_task_give_up(j);
    monitor_unlock(&w->worker.monitor);
    writer_tell(w);
}

// Updates the state's horizon and lens from what a session has read.
static void look(Writer *w, Session *s, const GArray *all, const GArray *all_events,
                 int64_t origin, bool lens) {
    const Token *tokens = &g_array_index(all, Token, 0);
    const Event *events = &g_array_index(all_events, Event, 0);
    int count = (int)all->len, M = w->model->model.config.context;
    int64_t attended = lens_step(tokens, count, count - M);
    int64_t latents = lens_step(tokens, count, count - session_latents(s));
    int keys = lens ? session_attention(s, w->lens.attention) : 0;
    bool recalls = keys && session_recall(s, w->lens.recalled) == keys;
    GArray *notes = keys ? lens_notes(tokens, events, count, count - keys,
                                      w->lens.attention,
                                      recalls ? w->lens.recalled : NULL)
                         : NULL;
    monitor_lock(&w->worker.monitor);
    WriterState *to = &w->state;
    to->context = MIN(count, M);
    to->attended = origin + attended * STEP_MICROSECONDS;
    to->latents = origin + latents * STEP_MICROSECONDS;
    to->origin = origin;
    if (to->lens) g_array_unref(to->lens);
    to->lens = notes;
    monitor_unlock(&w->worker.monitor);
    w->lens.looked = g_get_monotonic_time();
}

static void measure(Writer *w, const WriterTurn *turns, int count) {
    Spell *spell = &w->spell;
    int64_t began = turns[0].began;
    for (int i = 0; i < count; i++) {
        const Continuation *c = &turns[i].task->c;
        double seconds = continuation_seconds(c);
        began = MIN(began, turns[i].began);
        spell->tokens += turns[i].tokens;
        if (turns[i].heard && seconds > 1) w->state.needed = (double)c->drawn / seconds;
    }
    spell->microseconds += g_get_monotonic_time() - began;
    if (spell->microseconds < MEASURE && w->state.rate > 0) return;
    w->state.rate = (double)spell->tokens * 1e6 / (double)MAX(spell->microseconds, 1);
    if (spell->microseconds > MEASURE) *spell = (Spell){0};
}

// The tasks must have begun.
static void write_on(Writer *w, WriterTurn *turns, int count, bool lens) {
    bool ended = false;
    writer_task_write(turns, count, w->pool, BATCH);
    int64_t now = g_get_monotonic_time();
    for (int i = 0; i < count; i++) {
        const WriterTask *j = turns[i].task;
        ended |= !turns[i].more;
        if (turns[i].heard && (now > w->lens.looked + LOOK || !turns[i].more))
            look(w, j->session, j->c.tokens, j->c.events, j->asked.origin, lens);
    }
    monitor_lock(&w->worker.monitor);
    measure(w, turns, count);
    for (int i = 0; i < count; i++) writer_task_tell(turns[i].task, !turns[i].more);
    monitor_unlock(&w->worker.monitor);
    if (now > w->woken + WRITER_WAKE || ended) writer_tell(w);
}

static void begin_and_write(Writer *w, WriterTurn *turns, int count, bool lens) {
    int begun = 0;
    for (int i = 0; i < count; i++)
        if (turns[i].task->begun || begin(w, turns[i].task))
            turns[begun++] = turns[i];
        else
            give_up(w, turns[i].task);
    if (begun > 0) write_on(w, turns, begun, lens);
}

// Takes the reference to the prompt over.
static void read_ahead(Writer *w, const Ahead *a, bool lens) {
    read_prompt(w, a->tokens, a->closeness);
    // If there is not enough memory to read ahead, the next take reports that.
    if (w->ready.session)
        look(w, w->ready.session, a->tokens, w->ready.events, a->origin, lens);
    g_array_unref(a->tokens);
    writer_tell(w);
}

static bool any_begins(const WriterTurn *turns, int count) {
    bool any = false;
    for (int i = 0; i < count; i++) any |= !turns[i].task->begun;
    return any;
}

// Returns false if there is nothing to generate or to read. The lock is held before and
// after, here and below.
static bool generate(Writer *w) {
    WriterTurn turns[WRITER_TURNS];
    int count = choose(w, turns);
    if (count == 0 && w->bridge && !w->bridge->over && w->slot.loaded) {
        writer_make_bridge(w);
        return true;
    }
    bool reads = count == 0;
    if (reads && !w->ahead.tokens) return false;
    Ahead ahead = w->ahead;
    if (reads) w->ahead.tokens = NULL;
    bool lens = w->followed.lens;
    w->state.reading = reads || any_begins(turns, count);
    monitor_unlock(&w->worker.monitor);
    if (reads)
        read_ahead(w, &ahead, lens);
    else
        begin_and_write(w, turns, count, lens);
    monitor_lock(&w->worker.monitor);
    w->state.reading = false;
    return true;
}

// Replaces the model, or loads the old one again if the new one cannot be loaded. Main
// holds no pointers into the old model: for it the model was gone from the moment of
// the request.
static void change_model(Writer *w) {
    g_autofree char *wanted = g_steal_pointer(&w->slot.next);
    w->slot.changes = false;
    w->state.loading = true;
    monitor_unlock(&w->worker.monitor);
    g_autofree char *before = w->model ? g_strdup(w->model->path) : NULL;
    g_autoptr(GError) error = NULL;
    writer_unload(w);
    bool ok = load(w, wanted, &error);
    if (!ok) {
        writer_unload(w);
        ok = before && load(w, before, NULL);
        if (!ok) writer_unload(w);
    }
    monitor_lock(&w->worker.monitor);
    w->slot.loaded = ok && !w->slot.changes;
    w->state.loading = w->slot.changes;
    g_free(w->slot.trouble);
    w->slot.trouble = error ? g_strdup(error->message) : NULL;
    monitor_unlock(&w->worker.monitor);
    writer_tell(w);
    monitor_lock(&w->worker.monitor);
}

static bool any_away(const Writer *w) {
    bool any = false;
    for (guint i = 0; i < w->jobs->len; i++)
        any = any || ((WriterTask *)w->jobs->pdata[i])->away;
    return any;
}

bool writer_work(void *data) {
    Writer *w = data;
    if (generate(w)) return true;
    if (!w->slot.changes || any_away(w)) return false;
    change_model(w);
    return true;
}
