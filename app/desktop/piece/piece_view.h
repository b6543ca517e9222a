// The piece as the window shows it: its parts, takes and edits, as arrays that the View
// borrows. Made of the document and its path; the main thread's.
#ifndef APP_DESKTOP_PIECE_PIECE_VIEW_H
#define APP_DESKTOP_PIECE_PIECE_VIEW_H

#include "app/document/document_path.h"
#include "app/generation/note_scores.h"
#include "ui/view.h"

typedef struct PieceView {                   // all owned
    GArray *parts, *takes;                   // ViewPart, ViewTake
    GArray *attention, *recalled, *surprise; // float, a note each
    GStringChunk *names;                     // of takes
    char *undo, *redo;
} PieceView;

void piece_view_open(PieceView *s);
void piece_view_close(PieceView *s);

// Where what is heard at a moment of the path comes from.
NoteSource piece_view_source(const Document *d, const DocumentPath *path, int64_t time);

// The path in parts. `lens` is what the model listens to, LensNotes from step 0 at
// `origin`; NULL: not known. `phrase` is shown if the piece is empty: what would be
// continued; NULL: nothing was played.
void piece_view_parts(PieceView *s, const Document *d, const DocumentPath *path,
                      const GArray *lens, int64_t origin, const Performance *phrase,
                      View *ret);

// Colours its notes; `notes` are NoteScores, NULL: nothing is known.
void piece_view_surprise(PieceView *s, const DocumentPath *path, const GArray *notes,
                         NoteAspect aspect);

// The takes; `streams` (Stream *) are of those that are still written.
void piece_view_takes(PieceView *s, const Document *d, int compared,
                      const GPtrArray *streams, View *ret);
void piece_view_edits(PieceView *s, const Document *d, View *ret);

#endif
