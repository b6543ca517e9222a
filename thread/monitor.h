// A monitor: a lock, and a way to wait under it until something has changed, for as
// long as one likes or up to a deadline.
//
//     monitor_lock(m);
//     while (!condition && monitor_wait_until(m, deadline)) continue;
//     ...
//     monitor_unlock(m);
//
// Whoever makes such a condition true does so under the lock and calls
// monitor_changed(), which wakes all who wait; each looks at its own condition again.
//
// pthread's, not GLib's, since ThreadSanitizer sees into these only. Any thread may
// make all calls; none is RT safe.
#ifndef THREAD_MONITOR_H
#define THREAD_MONITOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Monitor {
    pthread_mutex_t lock;
    pthread_cond_t change;
} Monitor;

void monitor_init(Monitor *m);
void monitor_clear(Monitor *m); // nobody waits any more

void monitor_lock(Monitor *m);
void monitor_unlock(Monitor *m);

// Under the lock.
void monitor_changed(Monitor *m);
void monitor_wait(Monitor *m);
// Up to a moment of g_get_monotonic_time(), in microseconds. False: it has come.
bool monitor_wait_until(Monitor *m, int64_t deadline);

#endif
