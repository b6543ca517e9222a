// full_session FILE: saves a session with room for only one more level of takes.
#include "app/document/document.h"
#include "model/files/replace.h"

#include <stdio.h>

#define STEP INT64_C(50000) // microseconds

// Plays one key after the other, each as a take that continues the one before, except
// for the last possible one.
static bool deepen(Document *d, GError **error) {
    for (int take = 0; take < DOCUMENT_MAX_DEPTH; take++) {
        int64_t at = take * STEP;
        Event key[] = {{at, EVENT_ONSET, (uint8_t)(48 + take % 24), 60},
                       {at + STEP, EVENT_RELEASE, (uint8_t)(48 + take % 24), 0}};
        int new = document_add_played(d, take, at, true, error);
        if (new < 0 || !document_add_events(d, new, key, 2, error) ||
            !document_finish(d, new, 0, error))
            return false;
    }
    return true;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    Document d;
    g_autoptr(GError) error = NULL;
    bool ok = document_begin(&d, ORIGIN_PLAYED, "", &(Performance){0}, &error);
    ok = ok && deepen(&d, &error) &&
         replace_contents(argv[1], d.history.bytes->data, d.history.bytes->len, &error);
    if (!ok) fprintf(stderr, "%s\n", error->message);
    document_clear(&d);
    return !ok;
}
