// How many hold what several threads share. Whoever lets go last frees it:
//
//     if (references_drop(&shared->references)) free it
//
// It counts with C11's atomics, not with GLib's, because ThreadSanitizer does not see
// into GLib, and would not know that the last one comes after all others. Any thread.
#ifndef THREAD_REFERENCES_H
#define THREAD_REFERENCES_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct References {
    atomic_int count;
} References;

static inline void references_init(References *r, int count) {
    atomic_init(&r->count, count);
}

static inline void references_add(References *r) { atomic_fetch_add(&r->count, 1); }

// Returns whether that was the last one.
static inline bool references_drop(References *r) {
    return atomic_fetch_sub(&r->count, 1) == 1;
}

#endif
