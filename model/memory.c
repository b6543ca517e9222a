#include "model/memory.h"

#include "model/config.h"

#include <stdlib.h>
#include <string.h>

enum { BOUNDARY = 64 };

void *memory_new(size_t count, size_t size) {
    gsize bytes;
    void *memory;
    if (!g_size_checked_mul(&bytes, count, size)) return NULL;
    return posix_memalign(&memory, BOUNDARY, MAX(bytes, 1)) == 0 ? memory : NULL;
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
