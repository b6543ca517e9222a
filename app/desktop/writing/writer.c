#include "app/desktop/writing/writer_work.h"

Writer *writer_new(const char *model, Wake wake) {
    Writer *w = g_new0(Writer, 1);
    w->wake = wake;
    w->followed.take = -1;
    w->ahead.closeness = 1;
    w->state.loading = w->slot.changes = true;
    w->slot.next = model && *model ? g_strdup(model) : NULL;
    w->jobs = g_ptr_array_new_with_free_func(writer_task_free);
    // One core is left free for the sound.
    w->pool = pool_new(MAX(1, (int)g_get_num_processors() - 1));
    pool_set_mixed(w->pool, true);
    worker_start(&w->worker, "writer", writer_work, w);
    return w;
}

void writer_free(Writer *w) {
    if (!w) return;
    worker_end(&w->worker);
    g_ptr_array_unref(w->jobs);
    bridge_task_free(w->bridge);
    writer_unload(w);
    pool_free(w->pool);
    if (w->ahead.tokens) g_array_unref(w->ahead.tokens);
    if (w->state.lens) g_array_unref(w->state.lens);
    g_free(w->slot.trouble);
    g_free(w->slot.next);
    g_free(w);
}

void writer_set_model(Writer *w, const char *model) {
    monitor_lock(&w->worker.monitor);
    w->slot.changes = w->state.loading = true;
    w->slot.loaded = false;
    g_free(w->slot.next);
    w->slot.next = model && *model ? g_strdup(model) : NULL;
    for (guint i = 0; i < w->jobs->len; i++)
        ((WriterTask *)w->jobs->pdata[i])->stop = true;
    if (w->bridge) w->bridge->stop = true;
    if (w->ahead.tokens) g_array_unref(g_steal_pointer(&w->ahead.tokens));
    if (w->state.lens) g_array_unref(g_steal_pointer(&w->state.lens));
    w->state.context = 0;
    monitor_changed(&w->worker.monitor);
    monitor_unlock(&w->worker.monitor);
}

const WriterModel *writer_model(Writer *w) {
    monitor_lock(&w->worker.monitor);
    const WriterModel *ret = w->slot.loaded ? &w->slot.known : NULL;
    monitor_unlock(&w->worker.monitor);
    return ret;
}

SharedModel *writer_share(Writer *w) {
    monitor_lock(&w->worker.monitor);
    SharedModel *ret = w->slot.loaded ? shared_model_ref(w->model) : NULL;
    monitor_unlock(&w->worker.monitor);
    return ret;
}

char *writer_trouble(Writer *w) {
    monitor_lock(&w->worker.monitor);
    // If a model is loaded, report the error once; otherwise it stays.
    char *ret = w->slot.loaded ? g_steal_pointer(&w->slot.trouble)
                               : g_strdup(w->slot.trouble);
    monitor_unlock(&w->worker.monitor);
    return ret;
}

void writer_prepare(Writer *w, GArray *tokens, int64_t origin) {
    monitor_lock(&w->worker.monitor);
    if (w->ahead.tokens) g_array_unref(w->ahead.tokens);
    w->ahead.tokens = g_array_ref(tokens);
    w->ahead.origin = origin;
    monitor_changed(&w->worker.monitor);
    monitor_unlock(&w->worker.monitor);
}

void writer_write(Writer *w, const WriterJob *job) {
    WriterTask *j = writer_task_new(job);
    monitor_lock(&w->worker.monitor);
    g_ptr_array_add(w->jobs, j);
    monitor_changed(&w->worker.monitor);
    monitor_unlock(&w->worker.monitor);
}

static void come_home(Writer *w, WriterTask *j) {
    j->away = false;
    monitor_changed(&w->worker.monitor);
    wake_up(w->wake); // it may be over
}

void writer_adopt(Writer *w, WriterTask *j, bool away) {
    monitor_lock(&w->worker.monitor);
    j->away = away;
    g_ptr_array_add(w->jobs, j);
    if (!away) come_home(w, j);
    monitor_unlock(&w->worker.monitor);
}

void writer_take_back(Writer *w, WriterTask *j, bool more) {
    monitor_lock(&w->worker.monitor);
    if (j->begun) writer_task_tell(j, !more); // otherwise there was no memory
    come_home(w, j);
    monitor_unlock(&w->worker.monitor);
}

// A thread that is woken for nothing would hold the lock when main wants it next.
void writer_stop(Writer *w, int take) {
    monitor_lock(&w->worker.monitor);
    bool any = take < 0 && w->bridge;
    for (guint i = 0; i < w->jobs->len; i++) {
        WriterTask *j = w->jobs->pdata[i];
        if (take >= 0 && j->asked.stream->take != take) continue;
        any = j->stop = true;
    }
    if (take < 0 && w->bridge) w->bridge->stop = true;
    if (any) monitor_changed(&w->worker.monitor);
    monitor_unlock(&w->worker.monitor);
}

void writer_follow(Writer *w, int take, int64_t playhead) {
    monitor_lock(&w->worker.monitor);
    w->followed.take = take;
    w->followed.playhead = playhead;
    if (w->jobs->len > 0) monitor_changed(&w->worker.monitor);
    monitor_unlock(&w->worker.monitor);
}

void writer_set_closeness(Writer *w, double closeness) {
    monitor_lock(&w->worker.monitor);
    w->ahead.closeness = closeness;
    monitor_unlock(&w->worker.monitor);
}

void writer_set_lens(Writer *w, bool on) {
    monitor_lock(&w->worker.monitor);
    w->followed.lens = on;
    monitor_unlock(&w->worker.monitor);
}

bool writer_read(Writer *w, WriterNews *ret) {
    bool any = false;
    monitor_lock(&w->worker.monitor);
    for (guint i = 0; i < w->jobs->len && !any; i++) {
        WriterTask *j = w->jobs->pdata[i];
        if (j->news.tokens->len == 0 && !j->news.finished) continue;
        *ret = writer_task_take_news(j);
        any = true;
        if (ret->finished) g_ptr_array_remove_index(w->jobs, i);
    }
    monitor_unlock(&w->worker.monitor);
    return any;
}

bool writer_writes(Writer *w) {
    monitor_lock(&w->worker.monitor);
    bool any = w->jobs->len > 0 || w->bridge;
    monitor_unlock(&w->worker.monitor);
    return any;
}

WriterState writer_state(Writer *w) {
    monitor_lock(&w->worker.monitor);
    WriterState ret = w->state;
    if (ret.lens) g_array_ref(ret.lens);
    monitor_unlock(&w->worker.monitor);
    return ret;
}
