// How a thread tells another one that there is news for it.
#ifndef THREAD_WAKE_H
#define THREAD_WAKE_H

typedef struct Wake {
    void (*call)(void *data); // on the thread that has the news; must not block
    void *data;
} Wake;

static inline void wake_up(Wake w) { w.call(w.data); }

#endif
