// Finds the passages of the piece on the screen that stand in what the model was
// trained on (app/data/repertoire.h), on a thread of its own with low priority.
//
// The thread reads the index beside the model when it is first asked, within a second
// or two, and keeps it, 10 bytes per note, for as long as it is asked about that model.
// It searches a piece as a whole after each change, some thousand notes in about 10 ms.
//
// Main makes all calls; each returns at once. A reading in progress is given up when
// the window closes or asks about another model.
#ifndef APP_DESKTOP_WRITING_RECOLLECTION_H
#define APP_DESKTOP_WRITING_RECOLLECTION_H

#include "thread/wake.h"
#include "ui/view.h"

typedef struct Recollection Recollection;

// The thread wakes main when there is something new.
Recollection *recollection_new(Wake wake);
void recollection_free(Recollection *r); // accepts NULL

// Asks about the piece on the screen and the model with this path, in place of what was
// asked before. NULL ends asking and frees the index. `version` is another one if the
// piece has changed, at `changed` of g_get_monotonic_time(); a piece that goes on
// changing is searched about once per second. To be called once per frame.
void recollection_follow(Recollection *r, const char *model, const Performance *p,
                         int version, int64_t changed);
// Returns whether the question is about an older version of the piece.
bool recollection_is_behind(const Recollection *r, int version);

// Adds the passages to the View, which borrows them until the next call.
void recollection_show(Recollection *r, View *v);

#endif
