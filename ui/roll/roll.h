// The piano roll: time goes right, pitch up. Notes, pedal, playhead, the prompt's span,
// the loop, where Continue begins, how far back the model can see, and what it listens
// to; bars on the ruler, where the file has them. Click: playhead; drag: the prompt's
// span; right click: where Continue begins; drag on the ruler: the loop; what is
// dragged keeps to bar lines nearby unless Ctrl is held; wheel: zoom where the mouse
// is; with Shift, or sideways: scroll; drag with the middle button: scroll.
#ifndef UI_ROLL_ROLL_H
#define UI_ROLL_ROLL_H

#include "ui/roll/timeline.h"
#include "ui/ui.h"

typedef enum RollDrag {
    DRAG_NONE,
    DRAG_SEEK, // pressed, and not moved yet: a click if it ends so
    DRAG_SELECT,
    DRAG_LOOP,
    DRAG_SCROLL
} RollDrag;

typedef struct Roll {
    Timeline timeline;
    int document;  // shown
    int low, high; // pitches shown, whole octaves
    bool follow, lens;
    SurpriseKind surprise;
    RollDrag drag;
    int64_t drag_from; // the time where it was taken hold of
    double drag_x;
    Span dragged; // the span while it is drawn out
    Box notes;    // where notes are drawn
} Roll;

// Draws the roll in `box` and sends what the mouse asks for.
void roll_frame(Roll *r, Ui *u, Box box);

// The first note of `music` that is begun at or after `time`.
size_t roll_first_note(const Performance *music, int64_t time);

// How a note looks that is not coloured by surprise: by whose it is, how loud, how far
// back the model sees it, and how much it listens to it (below 0: no lens).
Color roll_note_color(const Theme *theme, const View *view, NoteSource source,
                      const Note *note, double attention);

#endif
