#include "model/kernels/pool.h"

#include "model/files/memory.h"
#include "model/kernels/bf16.h"

#include <glib.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define pause() _mm_pause()
#else
#define pause() sched_yield()
#endif

// The loops of a layer follow one another within microseconds, but waking a thread
// takes fifty microseconds. So a worker polls for new work this many times before it
// sleeps.
enum { SPINS = 4000 };

// A loop that is divided among the threads.
typedef struct PoolLoop {
    PoolTask task;
    void *data;
    int count, grain;
} PoolLoop;

struct Pool {
    int threads;
    GThread **workers; // owned; threads - 1 of them
    Pool **within;     // owned; a pool of one thread for each; NULL if threads is 1
    GMutex mutex;
    GCond wake;
    atomic_bool quit;

    bool mixed;
    void *scratch; // owned
    size_t scratch_size;

    // The current loop. A worker that has taken a piece may read it, for it stays until
    // that piece is done.
    PoolLoop loop;
    // In one word: the number of the round (high half) and the number of pieces not
    // taken yet (low half). A worker that comes late, because its core was busy, finds
    // another round here and has delayed nothing.
    _Atomic uint64_t ticket;
    atomic_int unfinished; // pieces of this round
    atomic_int asleep;
};

static uint32_t round_of(uint64_t ticket) { return (uint32_t)(ticket >> 32); }
static uint32_t pieces_of(uint64_t ticket) { return (uint32_t)ticket; }

// Takes pieces of a round until none is left.
static void share(Pool *p, uint32_t round) {
    uint64_t ticket = atomic_load_explicit(&p->ticket, memory_order_acquire);
    while (round_of(ticket) == round && pieces_of(ticket) > 0) {
        if (!atomic_compare_exchange_weak_explicit(&p->ticket, &ticket, ticket - 1,
                                                   memory_order_acquire,
                                                   memory_order_acquire))
            continue;
        int begin = (int)(pieces_of(ticket) - 1) * p->loop.grain;
        p->loop.task(p->loop.data, begin, MIN(begin + p->loop.grain, p->loop.count));
        atomic_fetch_sub_explicit(&p->unfinished, 1, memory_order_release);
        ticket = atomic_load_explicit(&p->ticket, memory_order_acquire);
    }
}

// The load is sequentially consistent with `asleep`, so that a worker that is about to
// sleep and a caller that is about to wake it cannot miss each other.
static uint32_t current_round(Pool *p) { return round_of(atomic_load(&p->ticket)); }

static uint32_t await_round(Pool *p, uint32_t seen) {
    for (int i = 0; i < SPINS; i++) {
        if (current_round(p) != seen) return current_round(p);
        pause();
    }
    g_mutex_lock(&p->mutex);
    atomic_fetch_add(&p->asleep, 1);
    while (current_round(p) == seen) g_cond_wait(&p->wake, &p->mutex);
    atomic_fetch_sub(&p->asleep, 1);
    g_mutex_unlock(&p->mutex);
    return current_round(p);
}

static uint32_t begin_round(Pool *p, int pieces) {
    uint32_t round = current_round(p) + 1;
    atomic_store(&p->ticket, (uint64_t)round << 32 | (uint32_t)pieces);
    if (atomic_load(&p->asleep) > 0) {
        g_mutex_lock(&p->mutex);
        g_cond_broadcast(&p->wake);
        g_mutex_unlock(&p->mutex);
    }
    return round;
}

static gpointer work(gpointer data) {
    Pool *p = data;
    for (uint32_t seen = 0;;) {
        seen = await_round(p, seen);
        if (atomic_load_explicit(&p->quit, memory_order_acquire)) return NULL;
        share(p, seen);
    }
}

Pool *pool_new(int threads) {
    Pool *p = g_new0(Pool, 1);
    p->threads = threads > 0 ? threads : (int)g_get_num_processors();
    g_mutex_init(&p->mutex);
    g_cond_init(&p->wake);
    p->workers = g_new0(GThread *, p->threads);
    for (int i = 0; i < p->threads - 1; i++)
        p->workers[i] = g_thread_new("pool", work, p);
    if (p->threads > 1) p->within = g_new0(Pool *, p->threads);
    for (int i = 0; p->within && i < p->threads; i++) p->within[i] = pool_new(1);
    return p;
}

void pool_free(Pool *p) {
    if (!p) return;
    atomic_store(&p->quit, true);
    begin_round(p, 0);
    for (int i = 0; i < p->threads - 1; i++) g_thread_join(p->workers[i]);
    g_mutex_clear(&p->mutex);
    g_cond_clear(&p->wake);
    g_free(p->workers);
    for (int i = 0; p->within && i < p->threads; i++) pool_free(p->within[i]);
    g_free(p->within);
    memory_free(p->scratch);
    g_free(p);
}

int pool_threads(const Pool *p) { return p ? p->threads : 1; }

Pool *pool_within(Pool *p, int piece) {
    if (!p || !p->within) return p;
    p->within[piece]->mixed = p->mixed;
    return p->within[piece];
}

void pool_set_mixed(Pool *p, bool mixed) { p->mixed = mixed && bf16_here(); }
bool pool_mixed(const Pool *p) { return p && p->mixed; }

static void *grown(size_t bytes) {
    void *memory = memory_new(bytes, 1);
    if (!memory) g_error("%zu bytes of memory are not to be had", bytes);
    return memory;
}

void *pool_scratch(Pool *p, size_t bytes) {
    if (bytes > p->scratch_size) {
        memory_free(p->scratch);
        p->scratch = grown(bytes);
        p->scratch_size = bytes;
    }
    return p->scratch;
}

typedef struct Scratch {
    void *at;
    size_t size;
} Scratch;

static void scratch_free(gpointer data) {
    memory_free(((Scratch *)data)->at);
    g_free(data);
}

void *pool_task_scratch(size_t bytes) {
    static GPrivate private = G_PRIVATE_INIT(scratch_free);
    Scratch *s = g_private_get(&private);
    if (!s) g_private_set(&private, s = g_new0(Scratch, 1));
    if (bytes > s->size) {
        memory_free(s->at);
        s->at = grown(bytes);
        s->size = bytes;
    }
    return s->at;
}

void pool_run(Pool *p, int count, int grain, PoolTask task, void *data) {
    if (!p || p->threads == 1 || count <= grain) {
        for (int i = 0; i < count; i += grain) task(data, i, MIN(i + grain, count));
        return;
    }
    int pieces = (count + grain - 1) / grain;
    p->loop = (PoolLoop){task, data, count, grain};
    atomic_store_explicit(&p->unfinished, pieces, memory_order_relaxed);
    share(p, begin_round(p, pieces));
    for (int i = 0; atomic_load_explicit(&p->unfinished, memory_order_acquire) > 0; i++)
        if (i < SPINS)
            pause();
        else
            g_usleep(20); // lets an idle core take a worker whose core is busy
}
