// Bridges in the window: a span is written anew, so that it leads into what follows
// (app/generation/bridge.h). Several takes are made on the writer's thread; they come
// into the document together, the likeliest first and heard, the others after it. One
// of them is kept, and the others go, or all go and what was there comes back; both are
// edits, and are undone as such. The main thread's.
#ifndef APP_DESKTOP_WRITING_BRIDGING_H
#define APP_DESKTOP_WRITING_BRIDGING_H

#include "app/desktop/writing/writer.h"
#include "app/document/document_path.h"
#include "ui/view.h"

#define BRIDGING_PATIENCE 600 // seconds; a machine that would take longer is told so

typedef struct Bridging {
    bool on;      // one is being written
    bool foreign; // but of another document
    int parent;
    int64_t fork;
    int64_t began;   // g_get_monotonic_time()
    double too_long; // seconds that it would take in all, if that is too long; or 0
    TakeStart start;
    Recipe recipe; // of all of them; texts owned
} Bridging;

void bridging_close(Bridging *b);

// Asks for `count` takes of a span of the path of `parent`. Fails, with a sentence, if
// the span has no length or nothing follows it.
bool bridging_begin(Bridging *b, Writer *w, const Document *d, int parent, Span span,
                    const Plan *plan, int count, GError **error);
void bridging_forget(Bridging *b); // what still comes is of another document

// What came of it; `takes` is 0 if it was stopped.
typedef struct BridgingNews {
    int takes;
    int64_t fork;
    GError *error; // owned by who reads
} BridgingNews;

// Adds the takes to the document when they are done; false: nothing new.
bool bridging_read(Bridging *b, Writer *w, Document *d, BridgingNews *ret);

// Of a take that is a bridge: how many other takes of the same one there are.
int bridging_others(const Document *d, int take);
// These two do nothing where the view's take is no bridge (any more: keys come faster
// than frames). It stays, the others of its bridge go.
bool bridging_keep(Document *d, GError **error);
// All go, and what was there before comes back.
bool bridging_reject(Document *d, GError **error);

void bridging_show(const Bridging *b, Writer *w, const Document *d, View *ret);

#endif
