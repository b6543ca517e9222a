#include "model/kernels/ceilings.h"

#include "model/files/memory.h"
#include "model/kernels/bf16.h"
#include "model/kernels/lanes.h"

#include <glib.h>

enum {
    TRIES = 7,
    ROUNDS = 4000000,
    MEMORY = 512 << 20, // bytes that all threads read together
    CACHED = 4 << 20,   // bytes that each thread reads repeatedly
    PAIRS = 512,        // of a product whose panels stay in the first-level cache
    PRODUCTS = 4000,
};

typedef struct Job {
    Pool *pool;
    char *memory; // (threads, share)
    size_t share; // bytes of a thread
    size_t bytes, times;
    double done; // operations or bytes of all threads together
} Job;

static double seconds(void) { return (double)g_get_monotonic_time() / 1e6; }

static void madds(void *data, int begin, int end) {
    real sink[64];
    for (int i = 0; i < 64; i++) sink[i] = (real)0.01 * (real)i;
    for (int i = begin; i < end; i++) lanes()->madds(sink, ROUNDS);
}

static void bf16(void *data, int begin, int end) {
    uint32_t *a = pool_task_scratch((size_t)PAIRS * (BF16_ROWS + BF16_PANEL) *
                                    sizeof *a);
    uint32_t *b = a + PAIRS * BF16_ROWS;
    memset(a, 0, (size_t)PAIRS * (BF16_ROWS + BF16_PANEL) * sizeof *a);
    real c[BF16_ROWS * BF16_PANEL];
    for (int i = begin; i < end; i++)
        for (int n = 0; n < PRODUCTS; n++)
            bf16_multiply(view(c, BF16_PANEL), FROM_ZERO, (Bf16Left){a, false, PAIRS},
                          b, 0, BF16_ROWS, BF16_PANEL, PAIRS);
}

static void read_memory(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++)
        for (size_t n = 0; n < j->times; n++)
            (void)lanes()->read(j->memory + (size_t)i * j->share, j->bytes);
}

// Returns the best rate of several tries, in each of which every thread runs one task.
static double best(Pool *p, PoolTask task, Job *j, double each) {
    double least = 1e9;
    for (int i = 0; i < TRIES; i++) {
        double began = seconds();
        pool_run(p, pool_threads(p), 1, task, j);
        least = MIN(least, seconds() - began);
    }
    return each * pool_threads(p) / least / 1e9;
}

bool ceilings_measure(Ceilings *ret, Pool *p) {
    real sink[64] = {0};
    Ceilings c = {0};
    size_t threads = (size_t)pool_threads(p);
    Job j = {.pool = p, .share = MAX(MEMORY / threads, CACHED)};
    j.memory = memory_new(threads, j.share);
    if (!j.memory) return false;
    memset(j.memory, 1, threads * j.share);
    c.float_rate = best(p, madds, &j, 2 * ROUNDS * lanes()->madds(sink, 1));
    if (bf16_here())
        c.bf16_rate = best(p, bf16, &j,
                           4.0 * PRODUCTS * PAIRS * BF16_ROWS * BF16_PANEL);
    j.bytes = j.share, j.times = 1;
    c.memory = best(p, read_memory, &j, (double)j.share);
    j.bytes = CACHED, j.times = 50;
    c.cache = best(p, read_memory, &j, (double)CACHED * (double)j.times);
    memory_free(j.memory);
    *ret = c;
    return true;
}
