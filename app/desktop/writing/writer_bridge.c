#include "app/desktop/writing/writer_work.h"

void bridge_task_free(BridgeTask *t) {
    if (!t) return;
    bridge_clear(&t->bridge);
    if (t->takes) g_ptr_array_unref(t->takes);
    g_clear_error(&t->error);
    g_free(t);
}

void writer_bridge(Writer *w, Bridge *bridge, const Plan *plan, int count) {
    BridgeTask *t = g_new0(BridgeTask, 1);
    t->bridge = *bridge;
    t->plan = *plan;
    t->count = count;
    *bridge = (Bridge){0};
    monitor_lock(&w->worker.monitor);
    bridge_task_free(w->bridge); // the result of the previous bridge, already read
    w->bridge = t;
    monitor_changed(&w->worker.monitor);
    monitor_unlock(&w->worker.monitor);
}

void writer_bridge_fewer(Writer *w, int count) {
    monitor_lock(&w->worker.monitor);
    if (w->bridge) w->bridge->count = MIN(w->bridge->count, MAX(count, 1));
    monitor_unlock(&w->worker.monitor);
}

double writer_bridging(Writer *w) {
    monitor_lock(&w->worker.monitor);
    double done = w->bridge ? w->bridge->done : 0;
    monitor_unlock(&w->worker.monitor);
    return done;
}

bool writer_read_bridge(Writer *w, GPtrArray **ret, GError **error) {
    monitor_lock(&w->worker.monitor);
    BridgeTask *t = w->bridge && w->bridge->over ? g_steal_pointer(&w->bridge) : NULL;
    monitor_unlock(&w->worker.monitor);
    if (!t) return false;
    *ret = g_steal_pointer(&t->takes);
    if (t->error) g_propagate_error(error, g_steal_pointer(&t->error));
    bridge_task_free(t);
    return true;
}

// ---- on the thread

static void told(void *data, double done) {
    Writer *w = data;
    BridgeTask *t = w->bridge;
    monitor_lock(&w->worker.monitor);
    t->done = done;
    t->stopped = t->stop || w->worker.quit || w->slot.changes;
    t->enough = t->count;
    monitor_unlock(&w->worker.monitor);
    if (g_get_monotonic_time() > w->woken + WRITER_WAKE) writer_tell(w);
}

void writer_make_bridge(Writer *w) {
    BridgeTask *t = w->bridge;
    t->stopped = t->stop;
    t->enough = t->count;
    monitor_unlock(&w->worker.monitor);
    Choice choice = {.weights = w->model->weights,
                     .pool = w->pool,
                     .kind = w->slot.known.tokenizer,
                     .prompt = &t->bridge.prompt,
                     .bridge = t->plan.finish ? NULL : &t->bridge,
                     .plan = t->plan,
                     .count = t->enough,
                     .stop = &t->stopped,
                     .enough = &t->enough,
                     .report = told,
                     .data = w};
    GError *error = NULL;
    GPtrArray *takes = choice_make(&choice, &error);
    monitor_lock(&w->worker.monitor);
    t->takes = takes;
    t->error = error;
    t->over = true;
    monitor_unlock(&w->worker.monitor);
    writer_tell(w);
    monitor_lock(&w->worker.monitor);
}
