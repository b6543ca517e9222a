// A team of threads that share loops, the precision they multiply in and the memory
// they do it with. All of the model's parallelism is here: OpenBLAS runs
// single-threaded inside a task, since two pools that fight cost 20-40 %.
#ifndef MODEL_KERNELS_POOL_H
#define MODEL_KERNELS_POOL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Pool Pool;

// threads counts the caller; 0 takes every core. Freeing accepts NULL.
Pool *pool_new(int threads);
void pool_free(Pool *p);
int pool_threads(const Pool *p); // 1 for NULL

// Calls task(data, begin, end) until [0, count) is covered, in pieces of `grain`, on
// all threads; returns when the last piece is done. Which thread takes which piece is
// open, so pieces must not touch the same memory; results then depend on `grain`, never
// on timing. With a pool of NULL the caller does it all. Not to be nested.
typedef void (*PoolTask)(void *data, int begin, int end);
void pool_run(Pool *p, int count, int grain, PoolTask task, void *data);

// Mixed precision: products in bf16 with float sums; see operand.h. Off at first, and
// where the CPU has none. False for NULL.
void pool_set_mixed(Pool *p, bool mixed);
bool pool_mixed(const Pool *p);

// At least `bytes` of memory on a 64-byte boundary, the pool's, until the next call.
void *pool_scratch(Pool *p, size_t bytes);

// The same for a task: the calling thread's own, until that thread's next call. Kept,
// since fresh memory costs the system more to clear than most tasks take.
void *pool_task_scratch(size_t bytes);

#endif
