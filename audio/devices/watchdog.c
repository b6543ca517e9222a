#include "audio/devices/watchdog.h"

#include <glib.h>

void watchdog_start(Watchdog *w, void *(*run)(void *), void *data) {
    *w = (Watchdog){0};
    monitor_init(&w->monitor);
    if (pthread_create(&w->thread, NULL, run, data) != 0)
        g_error("no thread can be started");
}

bool watchdog_end(Watchdog *w, int64_t patience) {
    int64_t limit = g_get_monotonic_time() + patience;
    watchdog_lock(w);
    w->ending = true;
    monitor_changed(&w->monitor);
    while (!w->ended && monitor_wait_until(&w->monitor, limit)) continue;
    bool ended = w->ended;
    w->abandoned = !ended;
    watchdog_unlock(w);
    if (!ended) {
        pthread_detach(w->thread);
        return false;
    }
    pthread_join(w->thread, NULL);
    monitor_clear(&w->monitor);
    return true;
}

void watchdog_lock(Watchdog *w) { monitor_lock(&w->monitor); }
void watchdog_unlock(Watchdog *w) { monitor_unlock(&w->monitor); }

void watchdog_unlock_and_wake(Watchdog *w) {
    w->woken = true;
    monitor_changed(&w->monitor);
    watchdog_unlock(w);
}

bool watchdog_await(Watchdog *w, int64_t time) {
    int64_t limit = g_get_monotonic_time() + time;
    watchdog_lock(w);
    while (!w->woken && !w->ending && monitor_wait_until(&w->monitor, limit)) continue;
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
    monitor_changed(&w->monitor);
    watchdog_unlock(w);
}
