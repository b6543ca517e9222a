#include "model/files/memory.h"

#include "model/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    BOUNDARY = 64,
    HUGE_PAGE = 2 << 20,
    LARGE = 2 * HUGE_PAGE, // from this size on huge pages are faster
};

void *memory_new(size_t count, size_t size) {
    gsize bytes;
    void *memory;
    if (!g_size_checked_mul(&bytes, count, size)) return NULL;
    bool large = bytes >= LARGE;
    if (posix_memalign(&memory, large ? HUGE_PAGE : BOUNDARY, MAX(bytes, 1)) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (large) madvise(memory, bytes, MADV_HUGEPAGE); // a failure costs only speed
#endif
    return memory;
}

void *memory_new0(size_t count, size_t size) {
    void *memory = memory_new(count, size);
    return memory ? memset(memory, 0, count * size) : NULL;
}

void memory_free(void *memory) { free(memory); }

bool memory_lacks(const char *what, GError **error) {
    g_set_error(error, MODEL_ERROR, 0, "there is not enough memory for %s", what);
    return false;
}
