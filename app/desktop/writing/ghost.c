#include "app/desktop/writing/ghost.h"

#include "thread/background.h"
#include "thread/monitor.h"

#define BATCH 4000   // microseconds of work between two looks at requests
#define WAKE  100000 // and between two calls of wake()

struct Ghost {
    void (*wake)(void *data);
    void *data;
    GThread *thread;
    Pool *pool; // of one thread

    // Main's.
    Performance notes; // owned; as last returned,
    guint shown;       // from so many events

    Monitor monitor; // protects the rest
    bool quit;
    SharedModel *model;  // a reference; of the task
    WriterTask *task;    // owned, replaced by main only; NULL: no ghost exists
    WriterTask *at_work; // computed now by the thread. If it is not the task any more,
    Writer *heir;        // it belongs to this writer; NULL: to nobody
    int64_t until, woken;
};

// ---- the thread

static bool is_far(const Ghost *g) { return g->task->asked.stream->known > g->until; }

// Passes on what came of the task. Returns whether main should know now.
static bool tell(Ghost *g, bool ok, bool more) {
    int64_t now = g_get_monotonic_time();
    if (ok)
        writer_task_tell(g->task, !more);
    else
        writer_task_give_up(g->task);
    bool ret = now > g->woken + WAKE || g->task->over || is_far(g);
    if (ret) g->woken = now;
    return ret;
}

// Does one piece of work. The lock is held before and after, and as briefly as can be,
// for main would wait for a thread that gives way to all others.
static void work(Ghost *g) {
    WriterTask *j = g->at_work = g->task;
    SharedModel *model = shared_model_ref(g->model);
    WriterTurn turn = {.task = j, .until = g->until, .more = true};
    monitor_unlock(&g->monitor);
    bool ok = j->begun ||
              writer_task_begin(j, model, session_new(model->weights, g->pool));
    if (ok) writer_task_write(&turn, 1, g->pool, BATCH);
    shared_model_unref(model);
    monitor_lock(&g->monitor);
    g->at_work = NULL;
    Writer *heir = g_steal_pointer(&g->heir);
    bool ours = g->task == j, news = ours && tell(g, ok, turn.more);
    monitor_unlock(&g->monitor);
    if (heir)
        writer_take_back(heir, j, turn.more);
    else if (!ours)
        writer_task_free(j);
    else if (news)
        g->wake(g->data);
    monitor_lock(&g->monitor);
}

static void *run(void *data) {
    Ghost *g = data;
    background_enter();
    monitor_lock(&g->monitor);
    while (!g->quit)
        if (g->task && !g->task->over && !is_far(g))
            work(g);
        else
            monitor_wait(&g->monitor);
    monitor_unlock(&g->monitor);
    return NULL;
}

// ---- main

Ghost *ghost_new(void (*wake)(void *data), void *data) {
    Ghost *g = g_new0(Ghost, 1);
    g->wake = wake, g->data = data;
    g->pool = pool_new(1);
    pool_set_mixed(g->pool, true);
    monitor_init(&g->monitor);
    g->thread = g_thread_new("ghost", run, g);
    return g;
}

// Gives the task to the writer, or throws it away if that is NULL. Under the lock.
static void let_go(Ghost *g, Writer *to) {
    WriterTask *j = g_steal_pointer(&g->task);
    shared_model_unref(g_steal_pointer(&g->model));
    performance_clear(&g->notes);
    g->shown = 0;
    if (!j) return;
    bool away = j == g->at_work;
    if (away) g->heir = to;
    if (to)
        writer_adopt(to, j, away);
    else if (!away)
        writer_task_free(j);
}

void ghost_drop(Ghost *g) {
    monitor_lock(&g->monitor);
    let_go(g, NULL);
    monitor_unlock(&g->monitor);
}

void ghost_free(Ghost *g) {
    if (!g) return;
    monitor_lock(&g->monitor);
    let_go(g, NULL);
    g->quit = true;
    monitor_changed(&g->monitor);
    monitor_unlock(&g->monitor);
    g_thread_join(g->thread);
    pool_free(g->pool);
    monitor_clear(&g->monitor);
    g_free(g);
}

void ghost_ask(Ghost *g, SharedModel *m, const DocumentPrompt *p, const Plan *plan,
               int64_t until) {
    Stream *stream = stream_new(-1, p->fork);
    WriterJob job = {stream, p->prompt.tokens, p->prompt.step, p->start.origin, *plan};
    monitor_lock(&g->monitor);
    let_go(g, NULL);
    g->task = writer_task_new(&job);
    g->model = shared_model_ref(m);
    g->until = until;
    monitor_changed(&g->monitor);
    monitor_unlock(&g->monitor);
    stream_unref(stream);
}

bool ghost_exists(const Ghost *g) { return g->task; }

bool ghost_is_by(const Ghost *g, const SharedModel *m, const Plan *plan) {
    return g->task && g->model == m && plan_same_but_seed(&g->task->asked.plan, plan);
}

static bool is_struck(Stream *s) {
    bool any = false;
    monitor_lock(&s->monitor);
    for (guint i = 0; i < s->events->len && !any; i++)
        any = g_array_index(s->events, Event, i).kind == EVENT_ONSET;
    monitor_unlock(&s->monitor);
    return any;
}

bool ghost_waits_for(const Ghost *g, const SharedModel *m, const DocumentPrompt *p,
                     const Plan *plan) {
    if (!ghost_is_by(g, m, plan)) return false;
    const WriterJob *j = &g->task->asked;
    return writer_same_tokens(j->tokens, p->prompt.tokens) &&
           j->step == p->prompt.step && j->origin == p->start.origin &&
           j->stream->fork == p->fork && is_struck(j->stream);
}

uint64_t ghost_seed(const Ghost *g) { return g->task->asked.plan.seed; }

Stream *ghost_take(Ghost *g, Writer *to, int take) {
    Stream *s = stream_ref(g->task->asked.stream);
    s->take = take;
    monitor_lock(&g->monitor);
    let_go(g, to);
    monitor_unlock(&g->monitor);
    return s;
}

static void gather(Performance *ret, const GArray *events, int64_t known) {
    Note open[128] = {{0}}; // velocity 0: none
    for (guint i = 0; i < events->len; i++) {
        Event e = g_array_index(events, Event, i);
        if (e.kind == EVENT_PEDAL) continue;
        Note *n = &open[e.pitch];
        n->release = e.time;
        if (n->velocity) performance_add_note(ret, *n);
        *n = (Note){.onset = e.time, .pitch = e.pitch};
        if (e.kind == EVENT_ONSET) n->velocity = e.value;
    }
    for (int pitch = 0; pitch < 128; pitch++) {
        open[pitch].release = known;
        if (open[pitch].velocity) performance_add_note(ret, open[pitch]);
    }
    performance_finish(ret);
}

const Performance *ghost_notes(Ghost *g, int64_t *ret_from) {
    if (!g->task) return NULL;
    Stream *s = g->task->asked.stream;
    *ret_from = s->fork;
    monitor_lock(&s->monitor);
    if (s->events->len != g->shown) {
        performance_clear(&g->notes);
        gather(&g->notes, s->events, s->known);
        g->shown = s->events->len;
    }
    monitor_unlock(&s->monitor);
    return g->shown ? &g->notes : NULL;
}
