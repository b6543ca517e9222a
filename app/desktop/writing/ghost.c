#include "app/desktop/writing/ghost.h"

#include "thread/worker.h"

#define BATCH 4000   // microseconds of work between two looks at requests
#define WAKE  100000 // and between two calls of wake()

struct Ghost {
    Worker worker;
    Wake wake;
    Pool *pool; // of one thread

    // Main's.
    Performance notes; // owned; as last returned,
    guint shown;       // from so many events

    // Under the worker's lock.
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
    bool ret = now > g->woken + WAKE || g->task->news.finished || is_far(g);
    if (ret) g->woken = now;
    return ret;
}

// The lock is held as briefly as can be, for main would wait for a thread that gives
// way to all others.
static bool work(void *data) {
    Ghost *g = data;
    if (!g->task || g->task->news.finished || is_far(g)) return false;
    WriterTask *j = g->at_work = g->task;
    SharedModel *model = shared_model_ref(g->model);
    WriterTurn turn = {.task = j, .until = g->until, .more = true};
    monitor_unlock(&g->worker.monitor);
    bool ok = j->begun ||
              writer_task_begin(j, model, session_new(model->weights, g->pool));
    if (ok) writer_task_write(&turn, 1, g->pool, BATCH);
    shared_model_unref(model);
    monitor_lock(&g->worker.monitor);
    g->at_work = NULL;
    Writer *heir = g_steal_pointer(&g->heir);
    bool ours = g->task == j, news = ours && tell(g, ok, turn.more);
    monitor_unlock(&g->worker.monitor);
    if (heir)
        writer_take_back(heir, j, turn.more);
    else if (!ours)
        writer_task_free(j);
    else if (news)
        wake_up(g->wake);
    monitor_lock(&g->worker.monitor);
    return true;
}

// ---- main

Ghost *ghost_new(Wake wake) {
    Ghost *g = g_new0(Ghost, 1);
    g->wake = wake;
    g->pool = pool_new(1);
    pool_set_mixed(g->pool, true);
    worker_start_in_background(&g->worker, "ghost", work, g);
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
    monitor_lock(&g->worker.monitor);
    let_go(g, NULL);
    monitor_unlock(&g->worker.monitor);
}

void ghost_free(Ghost *g) {
    if (!g) return;
    ghost_drop(g);
    worker_end(&g->worker);
    pool_free(g->pool);
    g_free(g);
}

void ghost_ask(Ghost *g, SharedModel *m, const DocumentPrompt *p, const Plan *plan,
               int64_t until) {
    Stream *stream = stream_new(-1, p->fork);
    WriterJob job = {stream, p->prompt.tokens, p->prompt.step, p->start.origin, *plan};
    monitor_lock(&g->worker.monitor);
    let_go(g, NULL);
    g->task = writer_task_new(&job);
    g->model = shared_model_ref(m);
    g->until = until;
    monitor_changed(&g->worker.monitor);
    monitor_unlock(&g->worker.monitor);
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
    monitor_lock(&g->worker.monitor);
    let_go(g, to);
    monitor_unlock(&g->worker.monitor);
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
