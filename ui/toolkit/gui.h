// What all controls share: which one is under the mouse, which is held, which has the
// keyboard focus, and the tooltip. It is an immediate-mode interface (after rxi's
// microui): each control is called once per frame and returns what the user did to it.
//
// Tab, Shift+Tab and the arrows move the keyboard focus, which is shown as a ring. A
// click does not move it, so that Space and Enter keep their meaning; only fields are
// focused by a click. Enter activates the control that has the focus.
#ifndef UI_TOOLKIT_GUI_H
#define UI_TOOLKIT_GUI_H

#include "ui/toolkit/draw.h"
#include "ui/toolkit/input.h"

#define GUI_SPOTS 256
#define GUI_PARTS 4096 // numbers that belong to a control of many parts

// The id by which a control is recognised from frame to frame; 0 is none. Rows and
// segments of a control have the ids that follow its own.
typedef uint32_t GuiId;

typedef struct GuiSpot {
    GuiId id;
    Box box;
} GuiSpot;

typedef struct Gui {
    Draw *draw; // these three for the length of a frame
    const Theme *theme;
    const Input *input;

    GuiId hot, active, focus;
    Box active_box;
    double grip;              // where the active control was taken hold of, as it likes
    int layer, top;           // of what is told now; the one that answers
    GuiSpot spots[GUI_SPOTS]; // in the order of Tab
    int spot_count;
    bool entered; // Enter, for the focus
    int steps;    // arrows, for a focus that adjusts
    bool adjusts; // the focus does
    bool wheel_taken, clicked_field;
    int cursor; // in the focused field, bytes
    bool all;   // the focused field's whole text is selected

    GuiId tip, tip_shown; // over which the mouse rests, and since when
    int64_t tip_since;
    Box tip_box;
    const char *tip_text; // in place of what the control says by itself
    int wait;             // milliseconds until a frame is due, below 0: none
} Gui;

typedef enum GuiFlags {
    GUI_ADJUSTS = 1, // takes left and right for itself while it has the focus
    GUI_SURFACE = 2, // not in Tab's order
    GUI_DEAD = 4,    // is not possible now
    GUI_FIELD = 8    // takes text
} GuiFlags;

typedef struct GuiState {
    bool hover, held, focused;
    bool begun;   // the button went down on it now
    bool clicked; // and up again, or Enter
    bool ended;   // was held until now
    double wheel; // steps turned over it
    int steps;    // by arrows
} GuiState;

void gui_begin(Gui *g, Draw *draw, const Input *input, int top);
void gui_tell(Gui *g); // from here on controls are told; keys come before
GuiId gui_end(Gui *g); // the control beside which words are due, or 0
void gui_tip(Gui *g, const char *name, const char *keys,
             const char *help); // draws them

// Handles Tab, arrows, Enter and Esc, before the controls of the frame are called.
// Returns true if it used the key.
bool gui_key(Gui *g, const KeyEvent *key);

GuiState gui_control(Gui *g, GuiId id, Box box, unsigned flags);
void gui_explain(Gui *g, GuiId id, const char *text); // in place of its help
void gui_focus(Gui *g, GuiId id);                     // 0: none

void gui_ring(Gui *g, Box box, double radius, bool focused); // around a control

void gui_wait(Gui *g, double milliseconds); // a frame is due then at the latest

#endif
