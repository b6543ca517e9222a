// Memory whose size a file or an option says, so that there may be less of it: NULL
// then, where GLib's own would end the program. On a 64-byte boundary, and what is
// large on huge pages, where the system has them: a training step streams through
// gigabytes.
//
// A system that promises more than it has, as Linux does, may give an address all the
// same and end the program when it is used; what was saved stands then.
#ifndef MODEL_FILES_MEMORY_H
#define MODEL_FILES_MEMORY_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

void *memory_new(size_t count, size_t size);
void *memory_new0(size_t count, size_t size); // zeros
void memory_free(void *memory);               // accepts NULL

// To be returned: false, with the sentence. `what` is "a model of this size".
bool memory_lacks(const char *what, GError **error);

#endif
