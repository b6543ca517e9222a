#include "app/desktop/writing/refresh.h"

#include <glib.h>

#define REST  80000   // microseconds without a change
#define WHILE 1000000 // between two requests while the piece keeps changing

bool refresh_due(Refresh *r, bool anew, int version, int64_t changed) {
    int64_t now = g_get_monotonic_time();
    bool rested = now > changed + REST || now > r->when + WHILE;
    if (!anew && (r->version == version || !rested)) return false;
    *r = (Refresh){version, now};
    return true;
}
