// When what a thread computes about the piece on the screen is asked for anew: at once
// about another subject (a model); about a piece that changed, once it has rested for a
// moment, and every second if it keeps changing. Used by the main thread.
#ifndef APP_DESKTOP_WRITING_REFRESH_H
#define APP_DESKTOP_WRITING_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Refresh {
    int version;  // of the piece that was asked about last,
    int64_t when; // and the time of that, of g_get_monotonic_time()
} Refresh;

// Returns whether to ask now, which counts as asked. `anew`: about another subject;
// `changed`: when the piece came to this version.
bool refresh_due(Refresh *r, bool anew, int version, int64_t changed);

#endif
