// The parts of the window around the roll. Each draws itself in its box and sends the
// user's commands.
#ifndef UI_PANELS_PANELS_H
#define UI_PANELS_PANELS_H

#include "ui/roll/roll.h"
#include "ui/typing.h"

// The top row: the piece, playback, files.
void panel_transport(Ui *u, Box box);

// The right column: Continue and all of its settings.
typedef struct SeedField {
    GString *text; // owned; NULL unless the seed is being typed
} SeedField;
// Returns false if there was no room for the legend of the notes' colours.
bool panel_generation(Ui *u, Box box, const Roll *roll, const Typing *typing,
                      SeedField *seed);

// The part of that column with the dials that steer generation: PANEL_DIALS_ROWS rows,
// each `row` high; and a single dial, such as the temperature.
enum { PANEL_DIALS_ROWS = 3 };
Box panel_left_half(Box *row); // the right half stays in *row
void panel_dials(Ui *u, Box box, double row);
void panel_dial(Ui *u, Box box, Steer steer);
// The dial that Ctrl+L refers to (a Steer): the one with the focus, else the one under
// the mouse; -1 if there is none or it already learns.
int panel_dials_meant(const Ui *u);
// The control of the dial after the one with the focus, or of the first; 0 if the model
// lacks them all.
GuiId panel_dials_next(const Ui *u);
// While a dial learns a controller, Esc ends learning and Delete removes the dial's
// controller. Returns true if it used the key.
bool panel_dials_key(Ui *u, const KeyEvent *key);

// Below the roll: an overview of the whole piece, which marks the part that the roll
// shows, and the tree of takes with one lane per take.
typedef struct TakesState {
    double scroll; // points
    int64_t shown; // the id of the take that was scrolled to
    bool drags;
} TakesState;
// How a take relates to the audible take.
typedef enum TakeNearness {
    TAKE_ASIDE,
    TAKE_BELOW, // an ancestor of the audible take
    TAKE_HEARD,
    TAKE_NEARNESSES
} TakeNearness;
Color panel_takes_color(const Theme *theme, NoteSource source, TakeNearness near);
double panel_takes_height(const View *view);
void panel_takes(Ui *u, Box box, Roll *roll, TakesState *state);

// The bottom row: messages and measures.
void panel_status(Ui *u, Box box);

// Above the roll: questions about quitting and about a session that was not closed, and
// messages about the file. Cuts the space that it needs, if any, off `*box`.
void panel_notice(Ui *u, Box *box);

#endif
