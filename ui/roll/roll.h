// The piano roll: time runs to the right, pitch upwards. It shows notes, pedal,
// playhead, the prompt's span, the loop, the marker of Continue, how far back the
// model's context reaches, the model's attention, and bars on the ruler if the piece
// has them. A click moves the playhead, a drag selects the prompt's span, a right click
// sets where Continue begins, and a drag on the ruler sets the loop. Dragged ends snap
// to nearby bar lines unless Ctrl is held. The wheel zooms at the mouse; with Shift, or
// sideways, it scrolls, as does a drag with the middle button.
#ifndef UI_ROLL_ROLL_H
#define UI_ROLL_ROLL_H

#include "ui/roll/timeline.h"
#include "ui/ui.h"

typedef enum RollDrag {
    DRAG_NONE,
    DRAG_SEEK, // pressed but not moved yet: becomes a click if the mouse does not move
    DRAG_SELECT,
    DRAG_LOOP,
    DRAG_SCROLL
} RollDrag;

typedef struct Roll {
    Timeline timeline;
    int document;  // View.piece.document that is shown
    int low, high; // pitches shown, whole octaves
    bool follow, lens;
    SurpriseKind surprise;
    bool memory; // passages of the training set are named
    RollDrag drag;
    int64_t drag_from; // the time at which the drag began
    double drag_x;
    Span dragged; // the span that is being dragged
    Box notes;    // where notes are drawn
} Roll;

// Draws the roll in `box` and sends the commands of the mouse.
void roll_frame(Roll *r, Ui *u, Box box);

// Returns the index of the first note that begins at or after `time`.
size_t roll_first_note(const Performance *music, int64_t time);

// Returns the colour of a note when surprise is off. It depends on the note's source
// and velocity, on whether the model's context holds it, and on the model's attention
// to it (below 0: attention is not shown).
Color roll_note_color(const Theme *theme, const View *view, NoteSource source,
                      const Note *note, double attention);

#endif
