// Bridges and endings in the window. A bridge generates a span anew, so that it leads
// into what follows (app/generation/choice/bridge.h); an ending brings the piece to
// rest (app/generation/ending.h). The writer's thread makes several takes, which are
// added to the document together, the likeliest first, which becomes audible. The user
// then keeps one and the others are removed, or rejects all and the previous take
// returns; both are edits that can be undone. Below, a bridge is either of the two.
// Used by the main thread only.
#ifndef APP_DESKTOP_WRITING_BRIDGING_H
#define APP_DESKTOP_WRITING_BRIDGING_H

#include "app/desktop/writing/writer.h"
#include "app/document/document_path.h"
#include "ui/view.h"

// Seconds. A bridge all of whose takes need longer than BRIDGING_PATIENCE is made of
// fewer; if a single one needs longer than BRIDGING_LONGEST, it is stopped with an
// error.
#define BRIDGING_PATIENCE 120
#define BRIDGING_LONGEST  600

typedef struct Bridging {
    bool on;      // a bridge is being generated ...
    bool foreign; // ... but for another document
    int parent;
    int64_t fork;
    int count;       // how many takes are being made
    int64_t wrote;   // since when the speed is measured, from the first music on; or 0
    double written;  // what was done then, 0-1
    double too_long; // the seconds left if they are too many, else 0
    TakeStart start;
    Recipe recipe; // of all takes; its texts are owned
} Bridging;

void bridging_close(Bridging *b);

// Returns whether a take is an ending.
bool bridging_is_ending(const Take *t);

// Fails if a bridge of this span has so many takes that with `count` more they could
// not be judged and undone at once; or, if `until` is 0, an ending from this moment.
bool bridging_has_room(const Document *d, int parent, int64_t fork, int64_t until,
                       int count, GError **error);

// Returns how many of `count` takes to go on with if `left` seconds are left for them
// all, a time in proportion to their number; 0: not even one is made in time.
int bridging_affords(int count, double left);

// Requests `count` takes of a span of the path of `parent`. Fails if the span has no
// length or nothing follows it, or if there is no room for them.
bool bridging_begin(Bridging *b, Writer *w, const Document *d, int parent, Span span,
                    const Plan *plan, int count, GError **error);
// Requests `count` takes of an ending after the prompt, which is emptied. The plan says
// when it finishes. Fails if there is no room for them.
bool bridging_end(Bridging *b, Writer *w, const Document *d, DocumentPrompt *p,
                  const Plan *plan, int count, GError **error);
void bridging_forget(Bridging *b); // the document is replaced: ignores later results

// The result of a bridge; `takes` is 0 if it was stopped.
typedef struct BridgingNews {
    int takes;
    bool slow;   // they are fewer than were asked for, because the machine is slow
    bool ending; // or a bridge
    int64_t fork;
    GError *error; // owned by the caller
} BridgingNews;

// Adds the takes to the document when they are done. Returns false if there is no news.
bool bridging_read(Bridging *b, Writer *w, Document *d, BridgingNews *ret);

// Returns how many other takes of the same bridge there are; 0 if `take` is no bridge.
int bridging_others(const Document *d, int take);
// Keeps the take that the view shows and removes the other takes of its bridge. This
// and the next function do nothing if that take is no bridge, because a second key
// press may come before the next frame.
bool bridging_keep(Document *d, GError **error);
// Removes all takes of the bridge and shows the previous take.
bool bridging_reject(Document *d, GError **error);

void bridging_show(const Bridging *b, Writer *w, const Document *d, View *ret);

#endif
