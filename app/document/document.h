// What is on screen: a piece and all its takes. Nothing is ever overwritten.
//
//   root ──── fork ── take 1 ── fork ── take 3        a take goes on from a moment of
//       └─── take 2                └─── take 4        its parent; takes of one parent
//                                                     and moment are alternatives
//
// The root is take 0: an opened file, what was played before, or an empty piece. It
// never changes. Takes are added, grow, and stay: one that is removed, or whose adding
// is undone, is out of sight with all that goes on from it, and can be brought back.
//
// A document is what its operations made of it, one after the other, and `history`
// holds them all, as bytes: a journal follows it (app/document/journal.h), a saved
// session is it (app/document/document_file.h). Two kinds of operations:
//   - growth (tokens, events, finish) is not undone by itself: undoing a take's adding
//     takes it all away, redoing it brings all back, what it grew meanwhile included;
//   - edits (add, remove, restore, rename, view) are undone and redone, without limit.
//     An edit after an undo ends what could be redone; takes added there are kept as
//     removed ones.
//
// Invariants: undoing all edits gives the state after BEGIN, redoing all the state
// before; the view's take is visible; a take's number, parent, fork and events so far
// never change; fork > parent's fork, unless the parent is the root; a take that
// another goes on from at its very end is finished; equal histories are equal
// documents.
//
// Every function that changes something returns false, or -1, with an error and without
// any change if the operation makes no sense here or the history is full. To be used by
// one thread.
#ifndef APP_DOCUMENT_DOCUMENT_H
#define APP_DOCUMENT_DOCUMENT_H

#include "app/document/history.h"
#include "app/document/operation.h"

#define DOCUMENT_MAX_TAKES  65536
#define DOCUMENT_MAX_DEPTH  2000 // of takes upon takes
#define DOCUMENT_MAX_JOINED 64   // edits that are undone at once

typedef struct Edit {
    OperationKind kind;
    int take; // of VIEW: 0
    bool joined;
    bool removed[2]; // the take, before and after; so the next two
    char *name[2];   // owned; NULL: the name is not touched
    DocumentView view[2];
} Edit;

typedef struct Document {
    History history;
    Performance root; // owned
    GPtrArray *takes; // owned, Take *, by number
    GArray *edits;    // owned, Edit
    guint edits_done; // those after were undone
    DocumentView view;
} Document;

// A document with a root: a copy of `root`. `name` is the file's, or what to call it.
bool document_begin(Document *d, Origin origin, const char *name,
                    const Performance *root, GError **error);
void document_clear(Document *d); // accepts a zeroed struct

// Any operation but a document's BEGIN goes to a document that was begun.
bool document_apply(Document *d, const Operation *o, GError **error);

// The take that has what is heard at `time` on the path of `take`: where a fork there
// belongs. Moves *take up until its fork lies before `time`.
void document_fork_point(const Document *d, int *take, int64_t time);

// Adds an empty take and returns its number. The fork is moved to where it belongs, as
// above; app/document/document_path.h cuts the prompt for it. `chosen`: the view goes
// to the take. `joined`: this is undone together with the edit before it (several takes
// at once).
int document_add_played(Document *d, int parent, int64_t fork, bool chosen,
                        GError **error);
int document_add_generated(Document *d, int parent, int64_t fork, const Recipe *recipe,
                           const TakeStart *start, bool chosen, bool joined,
                           GError **error);

// Growth. A removed take grows too: its maker may not know yet. While keys are held,
// EVENT_TIME events let a played take go on.
bool document_add_tokens(Document *d, int take, const Token *tokens, size_t count,
                         GError **error);
bool document_add_events(Document *d, int take, const Event *events, size_t count,
                         GError **error);
bool document_finish(Document *d, int take, int64_t drawn, GError **error);

bool document_remove(Document *d, int take, GError **error); // not the root
bool document_set_view(Document *d, DocumentView view,
                       GError **error); // equal: no edit

bool document_can_undo(const Document *d);
bool document_can_redo(const Document *d);
bool document_undo(Document *d, GError **error);
bool document_redo(Document *d, GError **error);

// NULL: there is no such take.
const Take *document_take(const Document *d, int take);
// Neither it nor one it goes on from is removed.
bool document_is_visible(const Document *d, int take);

#define DOCUMENT_ERROR document_error_quark()
GQuark document_error_quark(void);

#endif
