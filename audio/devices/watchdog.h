// A thread for calls that may hang, and a way for others never to wait for them.
//
// Its owner leaves wishes under the lock and wakes it; it looks at them, and around,
// again and again. Whoever ends it waits for a while only. If it hangs then, it is
// abandoned: all that it may touch is left to it, and it ends when it finds out.
#ifndef AUDIO_DEVICES_WATCHDOG_H
#define AUDIO_DEVICES_WATCHDOG_H

#include "thread/monitor.h"

typedef struct Watchdog {
    pthread_t thread;
    Monitor monitor;
    bool woken, ending, ended, abandoned; // under its lock
} Watchdog;

// Owner's. Times are in microseconds.
void watchdog_start(Watchdog *w, void *(*run)(void *), void *data);
bool watchdog_end(Watchdog *w, int64_t patience); // false: abandoned

// Both sides', for what they share. Never held in a call that may hang.
void watchdog_lock(Watchdog *w);
void watchdog_unlock(Watchdog *w);
void watchdog_unlock_and_wake(Watchdog *w);

// The thread's. Waits until woken, but at most so long; false: it is to end.
bool watchdog_await(Watchdog *w, int64_t time);
bool watchdog_is_abandoned(Watchdog *w);
void watchdog_finish(Watchdog *w); // its last act, if it is not abandoned

#endif
