// A monitor between threads.
#include "tests/test.h"
#include "thread/monitor.h"

#include <glib.h>

enum { WAITERS = 3 };

typedef struct Shared {
    Monitor monitor;
    int waiting, woken; // under its lock
    bool open;
} Shared;

static void *wait_for_it(void *data) {
    Shared *s = data;
    monitor_lock(&s->monitor);
    s->waiting++;
    monitor_changed(&s->monitor);
    while (!s->open) monitor_wait(&s->monitor);
    s->woken++;
    monitor_unlock(&s->monitor);
    return NULL;
}

TEST(one_change_wakes_all_who_wait) {
    Shared s = {0};
    pthread_t threads[WAITERS];
    monitor_init(&s.monitor);
    for (int i = 0; i < WAITERS; i++)
        CHECK(pthread_create(&threads[i], NULL, wait_for_it, &s) == 0);
    monitor_lock(&s.monitor);
    while (s.waiting < WAITERS) monitor_wait(&s.monitor);
    s.open = true;
    monitor_changed(&s.monitor);
    monitor_unlock(&s.monitor);
    for (int i = 0; i < WAITERS; i++) pthread_join(threads[i], NULL);
    CHECK(s.woken == WAITERS);
    monitor_clear(&s.monitor);
}

TEST(a_wait_ends_at_its_deadline_and_not_before) {
    Monitor m;
    monitor_init(&m);
    monitor_lock(&m);
    int64_t deadline = g_get_monotonic_time() + 50000;
    while (monitor_wait_until(&m, deadline)) continue;
    CHECK(g_get_monotonic_time() >= deadline);
    CHECK(!monitor_wait_until(&m, deadline)); // which has passed
    monitor_unlock(&m);
    monitor_clear(&m);
}

int main(void) {
    RUN(one_change_wakes_all_who_wait);
    RUN(a_wait_ends_at_its_deadline_and_not_before);
    return test_end();
}
