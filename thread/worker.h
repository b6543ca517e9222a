// A thread that does one piece of work after the other, and waits while there is none.
//
//     static bool work(void *owner) {
//         if (!owner->asked) return false;
//         take what is asked
//         monitor_unlock(&owner->worker.monitor);
//         compute
//         monitor_lock(&owner->worker.monitor);
//         leave the result
//         return true;
//     }
//
// What the worker shares with other threads is under its monitor. Whoever asks for
// something does so under the lock and calls monitor_changed().
#ifndef THREAD_WORKER_H
#define THREAD_WORKER_H

#include "thread/monitor.h"

#include <glib.h>

typedef struct Worker {
    Monitor monitor;
    bool quit; // under the lock: it ends after the present piece
    bool (*work)(void *owner);
    void *owner;
    GThread *thread;
} Worker;

// Starts the thread, which calls work(owner) with the lock held; it must return with
// the lock held too, false if there was nothing to do.
void worker_start(Worker *w, const char *name, bool (*work)(void *owner), void *owner);
// The same for work that nobody waits for (thread/background.h).
void worker_start_in_background(Worker *w, const char *name, bool (*work)(void *owner),
                                void *owner);
// Ends the thread and waits for its present piece of work. The lock is not held.
void worker_end(Worker *w);

#endif
