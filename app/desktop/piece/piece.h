// The piece on screen: its document, and what is made of that for who plays and shows
// it. The main thread's, which alone edits.
//
// Every change of the document is followed by piece_changed(); the path and the end are
// then stale until piece_refresh(). Edits return false with an error, and then nothing
// has changed.
#ifndef APP_DESKTOP_PIECE_PIECE_H
#define APP_DESKTOP_PIECE_PIECE_H

#include "app/desktop/playing/playback_list.h"
#include "app/document/document_path.h"

typedef struct Piece {
    Document document;
    int number;        // of the document, to tell it from the one before
    char *title;       // as it is shown; owned
    int version;       // another one: the document has changed,
    int64_t changed;   // at this moment of g_get_monotonic_time()
    bool stale;        // what follows is of the version before
    DocumentPath path; // along the view's take
    int64_t end;       // of the path
    int compared;      // the take that A/B changes to, or -1
} Piece;

// A zeroed Piece has no document until one is put in place of the one there is.
void piece_replace(Piece *p, Document *document); // takes it over
void piece_clear(Piece *p);

void piece_changed(Piece *p);
void piece_refresh(Piece *p);

// ---- of the path as it was refreshed

const Take *piece_take(const Piece *p);    // the view's
int64_t piece_continue_at(const Piece *p); // where Continue begins
bool piece_is_marked(const Piece *p);      // somewhere else than at the end
int64_t piece_prompt_from(const Piece *p); // where what the model is given begins
char *piece_export_name(const Piece *p);   // without ending; free with g_free

// What is to be played; `stream` is the take's that is still written, NULL if it is
// not.
PlaybackList *piece_playback_list(Piece *p, Stream *stream);

// ---- edits

bool piece_set_view(Piece *p, DocumentView view, GError **error);
bool piece_set_bars(Piece *p, TappedBars bars, GError **error);
bool piece_undo(Piece *p, bool redo, GError **error);
bool piece_remove_take(Piece *p, GError **error); // the view's, not the root

// What follows an edit before which the view was at `before`.
void piece_edited(Piece *p, int before);

// The visible take so many steps further, round and round.
int piece_take_beside(const Piece *p, int step);
bool piece_has_take(const Piece *p, int take); // a visible one
// Of two takes, the moment up to which they are the same.
int64_t piece_same_until(const Piece *p, int a, int b);

#endif
