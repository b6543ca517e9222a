// The piece on screen: its document, and what playback and display need of it. Used by
// the main thread only, which makes all edits.
//
// Call piece_changed() after every change of the document; the path and the end are
// then stale until piece_refresh(). An edit that returns false with an error has
// changed nothing.
#ifndef APP_DESKTOP_PIECE_PIECE_H
#define APP_DESKTOP_PIECE_PIECE_H

#include "app/desktop/playing/playback_list.h"
#include "app/document/document_path.h"

typedef struct Piece {
    Document document;
    int number;        // of the document; another one for each document
    char *title;       // as shown; owned
    int version;       // increases with every change of the document,
    int64_t changed;   // the last of which was then, in g_get_monotonic_time()
    bool stale;        // the fields below belong to an older version
    DocumentPath path; // of the take that the view shows
    int64_t end;       // of the path
    int compared;      // the take that A/B switches to, or -1
} Piece;

// Replaces the current document; a zeroed Piece has none yet.
void piece_replace(Piece *p, Document *document); // takes ownership
void piece_clear(Piece *p);

void piece_changed(Piece *p);
void piece_refresh(Piece *p);

// ---- properties of the refreshed path

const Take *piece_take(const Piece *p);    // the take that the view shows
bool piece_is_empty(const Piece *p);       // it has no notes
int64_t piece_continue_at(const Piece *p); // where Continue begins
bool piece_is_marked(const Piece *p);      // it begins elsewhere than at the end
int64_t piece_prompt_from(const Piece *p); // where the model's prompt begins
char *piece_export_name(const Piece *p);   // without extension; free with g_free

// Returns what is to be played. `stream` is that of a take that is being generated,
// or NULL.
PlaybackList *piece_playback_list(Piece *p, Stream *stream);

// ---- edits

bool piece_set_view(Piece *p, DocumentView view, GError **error);
bool piece_set_bars(Piece *p, TappedBars bars, GError **error);
bool piece_undo(Piece *p, bool redo, GError **error);
// The take that the view shows, but never the root.
bool piece_remove_take(Piece *p, GError **error);

// To be called after an edit. `before` is the take that the view showed before it.
void piece_edited(Piece *p, int before);

// Returns the visible take that is `step` takes further, cyclically.
int piece_take_beside(const Piece *p, int step);
bool piece_has_take(const Piece *p, int take); // it exists and is visible
// Returns the time up to which two takes are equal.
int64_t piece_same_until(const Piece *p, int a, int b);

#endif
