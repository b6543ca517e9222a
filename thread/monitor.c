#include "thread/monitor.h"

#include <time.h>

void monitor_init(Monitor *m) {
    pthread_condattr_t clock; // the one of g_get_monotonic_time()
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->change, &clock);
    pthread_condattr_destroy(&clock);
}

void monitor_clear(Monitor *m) {
    pthread_mutex_destroy(&m->lock);
    pthread_cond_destroy(&m->change);
}

void monitor_lock(Monitor *m) { pthread_mutex_lock(&m->lock); }
void monitor_unlock(Monitor *m) { pthread_mutex_unlock(&m->lock); }

void monitor_changed(Monitor *m) { pthread_cond_broadcast(&m->change); }
void monitor_wait(Monitor *m) { pthread_cond_wait(&m->change, &m->lock); }

bool monitor_wait_until(Monitor *m, int64_t deadline) {
    struct timespec time = {deadline / 1000000, deadline % 1000000 * 1000};
    return pthread_cond_timedwait(&m->change, &m->lock, &time) == 0;
}
