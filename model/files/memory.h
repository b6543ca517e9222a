// Memory whose size comes from a file or an option, so that there may not be enough.
// The result is NULL then, whereas GLib's allocators would end the program. It lies on
// a 64-byte boundary. Large blocks are on huge pages if the system has them, because a
// training step streams through gigabytes.
//
// A system that overcommits memory, as Linux does, may return an address anyway and
// kill the program when it uses the memory. Files that were saved before are not
// affected.
#ifndef MODEL_FILES_MEMORY_H
#define MODEL_FILES_MEMORY_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

void *memory_new(size_t count, size_t size);
void *memory_new0(size_t count, size_t size); // zeros
void memory_free(void *memory);               // accepts NULL

// Sets an error that names `what`, for example "a model of this size", and returns
// false.
bool memory_lacks(const char *what, GError **error);

#endif
