// The parts of the window around the roll. Each draws itself in its box and sends what
// is asked for.
#ifndef UI_PANELS_PANELS_H
#define UI_PANELS_PANELS_H

#include "ui/roll/roll.h"
#include "ui/typing.h"

// The top row: the piece, playing, files.
void panel_transport(Ui *u, Box box);

// The right column: Continue and all that it goes by.
typedef struct SeedField {
    GString *text; // owned; what is being typed, NULL while nothing is
} SeedField;
// False: the legend of the notes' colours found no room there.
bool panel_generation(Ui *u, Box box, const Roll *roll, const Typing *typing,
                      SeedField *seed);

// Of that column, the dials that steer what is written: so many rows, each `row` high.
enum { PANEL_DIALS_ROWS = 3 };
Box panel_left_half(Box *row); // leaves the right one
void panel_dials(Ui *u, Box box, double row);

// Under the roll: the whole piece at once, with what of it the roll shows, and the tree
// of takes, a lane each.
typedef struct TakesState {
    double scroll; // points
    int64_t shown; // the id of the take that was scrolled to
    bool drags;
} TakesState;
// How near a take is to what is heard.
typedef enum TakeNearness {
    TAKE_ASIDE,
    TAKE_BELOW, // what is heard grows from it
    TAKE_HEARD,
    TAKE_NEARNESSES
} TakeNearness;
Color panel_takes_color(const Theme *theme, NoteSource source, TakeNearness near);
double panel_takes_height(const View *view);
void panel_takes(Ui *u, Box box, Roll *roll, TakesState *state);

// The bottom row: messages and measures.
void panel_status(Ui *u, Box box);

// Above the roll: what is to be said of the file, and the session that was not closed.
// Cuts off `*box` what it takes, which may be nothing.
void panel_notice(Ui *u, Box *box);

#endif
