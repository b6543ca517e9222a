// Replaces the functions of the heap and of mutexes, to count calls that a real-time
// thread must not make. The including file must define before it
//
//     armed         1 while calls are counted, otherwise 0
//     heap_calls    counts the calls of the heap
//     lock_calls    counts the calls that lock any mutex
//
// A sanitizer has its own heap: then HEAP_IS_OURS is 0, and nothing is counted.
#ifndef TESTS_COUNT_CALLS_H
#define TESTS_COUNT_CALLS_H

#include "tests/sanitized.h"

#include <dlfcn.h>
#include <glib.h>
#include <pthread.h>
#include <stdlib.h>

#define HEAP_IS_OURS (!SANITIZED)

#if HEAP_IS_OURS
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);
void __libc_free(void *p);

static void count_heap(void) { heap_calls += armed; }

void *malloc(size_t n) { return count_heap(), __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return count_heap(), __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return count_heap(), __libc_realloc(p, n); }
void *aligned_alloc(size_t a, size_t n) { return count_heap(), __libc_memalign(a, n); }
void free(void *p) {
    if (p) count_heap();
    __libc_free(p);
}

#define COUNT_LOCKS(result, name, type, give)                                          \
    result name(type *lock) {                                                          \
        static result (*next)(type *);                                                 \
        if (!next) *(void **)&next = dlsym(RTLD_NEXT, #name);                          \
        lock_calls += armed;                                                           \
        give next(lock);                                                               \
    }
COUNT_LOCKS(int, pthread_mutex_lock, pthread_mutex_t, return )
COUNT_LOCKS(void, g_mutex_lock, GMutex, )
COUNT_LOCKS(void, g_rec_mutex_lock, GRecMutex, )
#endif

#endif
