// The piece as the window shows it: its parts, takes and edits, as arrays that the View
// borrows. They are made from the document and its path. Used by the main thread only.
#ifndef APP_DESKTOP_PIECE_PIECE_VIEW_H
#define APP_DESKTOP_PIECE_PIECE_VIEW_H

#include "app/document/document_path.h"
#include "app/generation/note_scores.h"
#include "ui/view.h"

typedef struct PieceView {                   // all owned
    GArray *parts, *takes;                   // ViewPart, ViewTake
    GArray *attention, *recalled, *surprise; // float, one per note
    GStringChunk *names;                     // of the takes
    char *undo, *redo;
} PieceView;

void piece_view_open(PieceView *s);
void piece_view_close(PieceView *s);

// Returns the source of the music at a time of the path.
NoteSource piece_view_source(const Document *d, const DocumentPath *path, int64_t time);

// Divides the path into parts. `lens` is the model's attention, LensNotes whose step 0
// is at `origin`; NULL: not known. `phrase` is live playing, which is shown if the
// piece is empty; NULL: nothing was played.
void piece_view_parts(PieceView *s, const Document *d, const DocumentPath *path,
                      const GArray *lens, int64_t origin, const Performance *phrase,
                      View *ret);

// Adds the ghost notes from time `from` on, and the phrase that they continue; NULL: it
// is shown already.
void piece_view_ghost(PieceView *s, const Performance *phrase, const Performance *notes,
                      int64_t from, View *ret);

// Fills in the surprise of the path's notes. `notes` are NoteScores; NULL: not known.
void piece_view_surprise(PieceView *s, const DocumentPath *path, const GArray *notes,
                         NoteAspect aspect);

// Lists the takes. `streams` (Stream *) are those of the takes that are
// being generated.
void piece_view_takes(PieceView *s, const Document *d, int compared,
                      const GPtrArray *streams, View *ret);
void piece_view_edits(PieceView *s, const Document *d, View *ret);

#endif
