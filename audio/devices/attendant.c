#include "audio/devices/attendant.h"

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

void attendant_start(Attendant *a, void *(*run)(void *), void *data) {
    *a = (Attendant){0};
    pthread_mutex_init(&a->lock, NULL);
    init_cond(&a->wake);
    init_cond(&a->done);
    if (pthread_create(&a->thread, NULL, run, data) != 0)
        g_error("no thread can be started");
}

bool attendant_end(Attendant *a, int64_t patience) {
    struct timespec limit = in(patience);
    attendant_lock(a);
    a->ending = true;
    pthread_cond_signal(&a->wake);
    while (!a->ended && pthread_cond_timedwait(&a->done, &a->lock, &limit) == 0)
        continue;
    bool ended = a->ended;
    a->abandoned = !ended;
    attendant_unlock(a);
    if (!ended) {
        pthread_detach(a->thread);
        return false;
    }
    pthread_join(a->thread, NULL);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->wake);
    pthread_cond_destroy(&a->done);
    return true;
}

void attendant_lock(Attendant *a) { pthread_mutex_lock(&a->lock); }
void attendant_unlock(Attendant *a) { pthread_mutex_unlock(&a->lock); }

void attendant_unlock_and_wake(Attendant *a) {
    a->woken = true;
    pthread_cond_signal(&a->wake);
    attendant_unlock(a);
}

bool attendant_await(Attendant *a, int64_t time) {
    struct timespec limit = in(time);
    attendant_lock(a);
    while (!a->woken && !a->ending &&
           pthread_cond_timedwait(&a->wake, &a->lock, &limit) == 0)
        continue;
    a->woken = false;
    bool go_on = !a->ending;
    attendant_unlock(a);
    return go_on;
}

bool attendant_is_abandoned(Attendant *a) {
    attendant_lock(a);
    bool abandoned = a->abandoned;
    attendant_unlock(a);
    return abandoned;
}

void attendant_leave(Attendant *a) {
    attendant_lock(a);
    a->ended = true;
    pthread_cond_signal(&a->done);
    attendant_unlock(a);
}
