// A thread for calls that may hang, and a way for others never to wait for them.
//
// Its owner leaves wishes under the lock and wakes it; it looks at them, and around,
// again and again. Whoever ends it waits for a while only. If it hangs then, it is
// abandoned: all that it may touch is left to it, and it ends when it finds out.
//
// pthreads, not GLib's, for ThreadSanitizer sees into these.
#ifndef AUDIO_DEVICES_ATTENDANT_H
#define AUDIO_DEVICES_ATTENDANT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Attendant {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    bool woken, ending, ended, abandoned; // under the lock
} Attendant;

// Owner's. Times are in microseconds.
void attendant_start(Attendant *a, void *(*run)(void *), void *data);
bool attendant_end(Attendant *a, int64_t patience); // false: abandoned

// Both sides', for what they share. Never held in a call that may hang.
void attendant_lock(Attendant *a);
void attendant_unlock(Attendant *a);
void attendant_unlock_and_wake(Attendant *a);

// The thread's. Waits until woken, but at most so long; false: it is to end.
bool attendant_await(Attendant *a, int64_t time);
bool attendant_is_abandoned(Attendant *a);
void attendant_leave(Attendant *a); // its last act, if it is not abandoned

#endif
