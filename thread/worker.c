#include "thread/worker.h"

#include "thread/background.h"

static void *run(void *worker) {
    Worker *w = worker;
    monitor_lock(&w->monitor);
    while (!w->quit)
        if (!w->work(w->owner)) monitor_wait(&w->monitor);
    monitor_unlock(&w->monitor);
    return NULL;
}

static void *run_in_background(void *worker) {
    background_enter();
    return run(worker);
}

static void start(Worker *w, const char *name, GThreadFunc begin,
                  bool (*work)(void *owner), void *owner) {
    *w = (Worker){.work = work, .owner = owner};
    monitor_init(&w->monitor);
    w->thread = g_thread_new(name, begin, w);
}

void worker_start(Worker *w, const char *name, bool (*work)(void *owner), void *owner) {
    start(w, name, run, work, owner);
}

void worker_start_in_background(Worker *w, const char *name, bool (*work)(void *owner),
                                void *owner) {
    start(w, name, run_in_background, work, owner);
}

void worker_end(Worker *w) {
    monitor_lock(&w->monitor);
    w->quit = true;
    monitor_changed(&w->monitor);
    monitor_unlock(&w->monitor);
    g_thread_join(w->thread);
    monitor_clear(&w->monitor);
}
