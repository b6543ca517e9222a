// full_session FILE takes|bytes: saves a session that takes next to nothing more, for
// it is as deep as a session may be, or has as many bytes.
#include "app/document/document_file.h"

#include <stdio.h>
#include <string.h>

#define STEP     INT64_C(50000) // microseconds
#define LEFT     150            // bytes: a take can be added yet, and a key or two
#define OVERHEAD 32             // bytes of an operation beside its text, at most

// One key after the other, each a take upon the one before; but for the last, which may
// be added yet.
static bool deepen(Document *d, GError **error) {
    for (int take = 0; take < DOCUMENT_MAX_DEPTH; take++) {
        int64_t at = take * STEP;
        TakeEvent key[] = {{at, TAKE_KEY_DOWN, (uint8_t)(48 + take % 24), 60},
                           {at + STEP, TAKE_KEY_UP, (uint8_t)(48 + take % 24), 0}};
        int new = document_add_played(d, take, at, true, error);
        if (new < 0 || !document_add_events(d, new, key, 2, error) ||
            !document_finish(d, new, 0, error))
            return false;
    }
    return true;
}

// Names that are given and taken back leave nothing but bytes.
static bool fill(Document *d, GError **error) {
    char name[OPERATION_TEXT + 1];
    for (;;) {
        size_t left = HISTORY_MAX_BYTES - d->history.bytes->len;
        if (left <= LEFT + OVERHEAD) return true;
        size_t size = MIN(left - LEFT - OVERHEAD, OPERATION_TEXT);
        memset(name, 'x', size);
        name[size] = 0;
        if (!document_rename(d, 0, name, error)) return false;
        if (history_has_room(&d->history, LEFT + 2 * OVERHEAD) &&
            !document_undo(d, error))
            return false;
    }
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    Document d;
    g_autoptr(GError) error = NULL;
    bool ok = document_begin(&d, ORIGIN_PLAYED, "", &(Performance){0}, &error);
    ok = ok && (strcmp(argv[2], "bytes") == 0 ? fill : deepen)(&d, &error) &&
         document_save(&d, argv[1], &error);
    if (!ok) fprintf(stderr, "%s\n", error->message);
    document_clear(&d);
    return !ok;
}
