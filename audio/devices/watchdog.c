#include "audio/devices/watchdog.h"

#include <glib.h>
#include <time.h>

static void init_cond(pthread_cond_t *cond) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static struct timespec in(int64_t time) {
    int64_t then = g_get_monotonic_time() + time;
    return (struct timespec){then / G_USEC_PER_SEC, then % G_USEC_PER_SEC * 1000};
}

void watchdog_start(Watchdog *w, void *(*run)(void *), void *data) {
    *w = (Watchdog){0};
    pthread_mutex_init(&w->lock, NULL);
    init_cond(&w->wake);
    init_cond(&w->done);
    if (pthread_create(&w->thread, NULL, run, data) != 0)
        g_error("no thread can be started");
}

bool watchdog_end(Watchdog *w, int64_t patience) {
    struct timespec limit = in(patience);
    watchdog_lock(w);
    w->ending = true;
    pthread_cond_signal(&w->wake);
    while (!w->ended && pthread_cond_timedwait(&w->done, &w->lock, &limit) == 0)
        continue;
    bool ended = w->ended;
    w->abandoned = !ended;
    watchdog_unlock(w);
    if (!ended) {
        pthread_detach(w->thread);
        return false;
    }
    pthread_join(w->thread, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    pthread_cond_destroy(&w->done);
    return true;
}

void watchdog_lock(Watchdog *w) { pthread_mutex_lock(&w->lock); }
void watchdog_unlock(Watchdog *w) { pthread_mutex_unlock(&w->lock); }

void watchdog_unlock_and_wake(Watchdog *w) {
    w->woken = true;
    pthread_cond_signal(&w->wake);
    watchdog_unlock(w);
}

bool watchdog_await(Watchdog *w, int64_t time) {
    struct timespec limit = in(time);
    watchdog_lock(w);
    while (!w->woken && !w->ending &&
           pthread_cond_timedwait(&w->wake, &w->lock, &limit) == 0)
        continue;
    w->woken = false;
    bool go_on = !w->ending;
    watchdog_unlock(w);
    return go_on;
}

bool watchdog_is_abandoned(Watchdog *w) {
    watchdog_lock(w);
    bool abandoned = w->abandoned;
    watchdog_unlock(w);
    return abandoned;
}

void watchdog_finish(Watchdog *w) {
    watchdog_lock(w);
    w->ended = true;
    pthread_cond_signal(&w->done);
    watchdog_unlock(w);
}
