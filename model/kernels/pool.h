// A pool of threads that share loops, with the precision and the scratch memory that
// their products use. All parallelism of the model is here. OpenBLAS runs
// single-threaded inside a task, because two competing pools are 20-40 % slower.
#ifndef MODEL_KERNELS_POOL_H
#define MODEL_KERNELS_POOL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Pool Pool;

// `threads` includes the caller; 0 takes every core. pool_free() accepts NULL.
Pool *pool_new(int threads);
void pool_free(Pool *p);
int pool_threads(const Pool *p); // 1 for NULL

// Calls task(data, begin, end) for pieces of `grain` numbers until [0, count) is
// covered, on all threads, and returns when the last piece is done. Any thread may take
// any piece, so two pieces must not write to the same memory. Then results may depend
// on `grain`, but not on timing. If the pool is NULL the caller does all the work.
// Calls must not be nested.
typedef void (*PoolTask)(void *data, int begin, int end);
void pool_run(Pool *p, int count, int grain, PoolTask task, void *data);

// Returns a pool of one thread and p's precision, for the loops inside piece `piece` of
// a loop of p's, counted from 0; there are as many as threads. It belongs to p. If p
// has one thread, it is p itself.
Pool *pool_within(Pool *p, int piece);

// Sets mixed precision: products in bf16 with float sums (operand.h). It is off at
// first, and stays off if the CPU has no bf16. pool_mixed() returns false for NULL.
void pool_set_mixed(Pool *p, bool mixed);
bool pool_mixed(const Pool *p);

// Returns at least `bytes` of memory on a 64-byte boundary. It belongs to the pool and
// is valid until the next call.
void *pool_scratch(Pool *p, size_t bytes);

// Returns such memory for a task. It belongs to the calling thread and is valid until
// that thread's next call. It is kept, since clearing fresh memory costs the system
// more than most tasks take.
void *pool_task_scratch(size_t bytes);

#endif
