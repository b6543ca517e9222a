// The document on screen: a piece and all its takes. Nothing is ever overwritten.
//
//   root ──── fork ── take 1 ── fork ── take 3        a take continues from a moment of
//       └─── take 2                └─── take 4        its parent; takes of one parent
//                                                     and moment are alternatives
//
// The root is take 0: an opened file, what was played before, or an empty piece. It
// never changes. Takes are added and grow; none is ever deleted. A take that is
// removed, or whose addition is undone, is hidden together with all takes that continue
// it, and can be restored.
//
// A document is the result of its operations, applied one after the other. `history`
// holds them all as bytes: the journal (journal.h) writes it to the disk as it grows,
// and a saved session (document_file.h) consists of it. There are two kinds of
// operations:
//   - growth (tokens, events, finish) is not undone by itself. Undoing the addition
//     of a take hides all of it, and redoing it shows all of it again, with what it
//     grew meanwhile;
//   - edits (add, remove, restore, rename, view, bars) are undone and redone, without
//     limit. After an undo, a new edit makes the undone edits impossible to redo; takes
//     that they added are kept as removed takes.
//
// Invariants:
//   - undoing all edits gives the state after BEGIN, and redoing all gives the state
//     before;
//   - the take of the view is visible;
//   - the number, parent, fork and existing events of a take never change;
//   - the fork of a take is later than that of its parent, unless the parent is the
//     root or the take is a bridge;
//   - a take is finished if another one continues from its very end, or if a bridge
//     leads back into it;
//   - documents with equal histories are equal.
//
// Every function that changes the document fails without any change if the operation
// makes no sense here or the history is full: it returns false or -1 and sets an error.
// To be used by one thread.
#ifndef APP_DOCUMENT_DOCUMENT_H
#define APP_DOCUMENT_DOCUMENT_H

#include "app/document/history.h"
#include "app/document/operation.h"

#define DOCUMENT_MAX_TAKES  65536
#define DOCUMENT_MAX_DEPTH  2000 // the longest chain of takes that continue each other
#define DOCUMENT_MAX_JOINED 512  // the most edits that are undone together

typedef struct Edit {
    OperationKind kind;
    int take; // 0 for a VIEW
    bool joined;
    bool removed[2]; // whether the take was removed, before and after the edit
    char *name[2];   // owned; before and after; NULL: the edit leaves the name alone
    DocumentView view[2];
    TappedBars bars[2];
} Edit;

typedef struct Document {
    History history;
    Performance root; // owned
    GPtrArray *takes; // owned, Take *, by number
    GArray *edits;    // owned, Edit
    guint edits_done; // edits that are in effect; those after them were undone
    DocumentView view;
    TappedBars bars; // if the user tapped bars, they replace the root's tempo map
} Document;

// Begins a document with a copy of `root`. `name` is the name of the file, or another
// title.
bool document_begin(Document *d, Origin origin, const char *name,
                    const Performance *root, GError **error);
void document_clear(Document *d); // accepts a zeroed struct

// Applies an operation. Every operation but BEGIN needs a document that was begun.
bool document_apply(Document *d, const Operation *o, GError **error);

// Finds the take that a fork at `time` on the path of `take` belongs to: the one that
// is heard there. Replaces *take by its parent until the take's fork lies before
// `time`.
void document_fork_point(const Document *d, int *take, int64_t time);

// Adds an empty take and returns its number. The take becomes a child of the take that
// is heard at the fork (as above), except for a bridge, whose fork belongs to the whole
// path of its parent; document_path.h cuts the prompt for it. `chosen`: the view moves
// to the new take. `joined`: it is undone together with the edit before it, as if
// several takes were added at once.
int document_add_played(Document *d, int parent, int64_t fork, bool chosen,
                        GError **error);
int document_add_generated(Document *d, int parent, int64_t fork, const Recipe *recipe,
                           const TakeStart *start, bool chosen, bool joined,
                           GError **error);

// Growth. A removed take grows too, since the thread that makes it may not know of the
// removal yet. While keys are held, EVENT_TIME events extend a played take. `events` is
// as in take_add_tokens().
bool document_add_tokens(Document *d, int take, const Token *tokens,
                         const Event *events, size_t count, GError **error);
bool document_add_events(Document *d, int take, const Event *events, size_t count,
                         GError **error);
bool document_finish(Document *d, int take, int64_t drawn, GError **error);

bool document_remove(Document *d, int take, GError **error); // not the root
// The same, but it is undone together with the edit before it.
bool document_remove_too(Document *d, int take, GError **error);
bool document_set_view(Document *d, DocumentView view,
                       GError **error); // an equal view makes no edit

// Sets the bars of the whole piece; the times of its notes do not change. A zeroed
// struct restores the bars of the file.
bool document_set_bars(Document *d, TappedBars bars, GError **error);

bool document_can_undo(const Document *d);
bool document_can_redo(const Document *d);
bool document_undo(Document *d, GError **error);
bool document_redo(Document *d, GError **error);

// Returns a take, or NULL if there is none with this number.
const Take *document_take(const Document *d, int take);
// Returns whether neither the take nor any of its parents is removed.
bool document_is_visible(const Document *d, int take);

#define DOCUMENT_ERROR document_error_quark()
GQuark document_error_quark(void);

#endif
