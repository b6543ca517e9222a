// A thread that makes calls that may hang, so that other threads never wait for them.
//
// The owner sets wishes under the lock and wakes the thread, which looks at them
// repeatedly. Ending the thread waits for a limited time. If the thread still hangs
// then, it is abandoned: everything it may touch must stay valid, and the thread ends
// when it notices.
#ifndef AUDIO_DEVICES_WATCHDOG_H
#define AUDIO_DEVICES_WATCHDOG_H

#include "thread/monitor.h"

typedef struct Watchdog {
    pthread_t thread;
    Monitor monitor;
    bool woken, ending, ended, abandoned; // protected by the lock
} Watchdog;

// For the owner. Times are in microseconds.
void watchdog_start(Watchdog *w, void *(*run)(void *), void *data);
bool watchdog_end(Watchdog *w, int64_t patience); // false: abandoned

// For both threads, to protect what they share. The lock is never held during a call
// that may hang.
void watchdog_lock(Watchdog *w);
void watchdog_unlock(Watchdog *w);
void watchdog_unlock_and_wake(Watchdog *w);

// For the thread. Waits until it is woken, but at most this long. Returns false if the
// thread must end.
bool watchdog_await(Watchdog *w, int64_t time);
bool watchdog_is_abandoned(Watchdog *w);
void watchdog_finish(Watchdog *w); // the last call of a thread that is not abandoned

#endif
