// A monitor: a lock together with a condition variable, to wait without limit or up to
// a deadline.
//
//     monitor_lock(m);
//     while (!condition && monitor_wait_until(m, deadline)) continue;
//     ...
//     monitor_unlock(m);
//
// A thread that makes such a condition true does so under the lock and calls
// monitor_changed(). This wakes all waiting threads, and each checks its own condition
// again.
//
// It uses pthreads, not GLib's locks, because ThreadSanitizer understands only the
// former. Any thread may make all calls. None may be made by the audio callback.
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

// To be called under the lock.
void monitor_changed(Monitor *m);
void monitor_wait(Monitor *m);
// Waits until monitor_changed() or a time of g_get_monotonic_time(), in microseconds.
// Returns false if that time has come.
bool monitor_wait_until(Monitor *m, int64_t deadline);

#endif
