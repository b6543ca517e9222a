// What all controls share: which one is under the mouse, which is held, which has the
// keyboard focus, and the tooltip. It is an immediate-mode interface (after rxi's
// microui): each control is called once per frame and returns what the user did to it.
//
// Tab, Shift+Tab and the arrows move the keyboard focus, which is shown as a ring. A
// click does not move it, so that Space and Enter keep their meaning; only fields are
// focused by a click. Enter activates the control that has the focus, unless that is a
// slider, which the left and right keys move.
#ifndef UI_TOOLKIT_GUI_H
#define UI_TOOLKIT_GUI_H

#include "ui/drawing/draw.h"
#include "ui/toolkit/input.h"

#define GUI_SPOTS 256
#define GUI_PARTS 4096 // ids reserved for a control of many parts

// The id by which a control is recognised from frame to frame; 0 is none. Rows and
// segments of a control have the ids that follow its own.
typedef uint32_t GuiId;

typedef struct GuiSpot {
    GuiId id;
    Box box;
    bool adjusts; // it uses the left and right keys itself
} GuiSpot;

typedef struct Gui {
    Draw *draw; // these three are valid for one frame
    const Theme *theme;
    const Input *input;

    GuiId hot, active, focus;
    Box active_box;
    int layer, top; // the layer of the controls called now; the layer that reacts
    bool wheel_taken;
    int wait; // milliseconds until a frame is due, below 0: none
    struct {
        GuiSpot spots[GUI_SPOTS]; // the order of Tab
        int count;
    } tab;
    struct {          // for the control with the focus
        bool entered; // Enter was pressed
        int steps;    // presses of the arrow keys, if it adjusts
    } keys;
    struct {
        int cursor;   // in the focused field, bytes
        bool all;     // the focused field's whole text is selected
        bool clicked; // a field was clicked in this frame
    } field;
    struct {
        GuiId of, shown; // under the resting mouse; in this frame
        int64_t since;
        Box box;
        const char *text; // replaces the control's own help
        bool hushed;      // until the mouse has moved away from where it was pressed
        double x, y;      // that place
    } tip;
} Gui;

typedef enum GuiFlags {
    GUI_ADJUSTS = 1, // uses the left and right keys itself while it has the focus
    GUI_SURFACE = 2, // cannot get the focus
    GUI_DEAD = 4,    // is disabled
    GUI_FIELD = 8    // accepts text
} GuiFlags;

typedef struct GuiState {
    bool hover, held, focused;
    bool begun;   // the mouse button was pressed on it in this frame
    bool clicked; // the mouse button was released on it, or Enter was pressed
    bool ended;   // it was held until this frame
    double wheel; // steps of the mouse wheel over it
    int steps;    // steps by the arrow keys
} GuiState;

void gui_begin(Gui *g, Draw *draw, const Input *input, int top);
void gui_tell(Gui *g); // begins the controls of a frame, after the keys were handled
GuiId gui_end(Gui *g); // returns the control whose tooltip is due, or 0
void gui_tip(Gui *g, const char *name, const char *keys,
             const char *help); // draws them

// Handles Tab, arrows, Enter and Esc, before the controls of the frame are called.
// Returns true if it used the key.
bool gui_key(Gui *g, const KeyEvent *key);

GuiState gui_control(Gui *g, GuiId id, Box box, unsigned flags);
void gui_explain(Gui *g, GuiId id, const char *text); // replaces the control's help
void gui_focus(Gui *g, GuiId id);                     // 0: none
// Returns the control that a key acts on: the one with the focus, or else the one that
// was under the mouse in the last frame; 0: none.
GuiId gui_meant(const Gui *g);

void gui_ring(Gui *g, Box box, double radius, bool focused); // around a control

void gui_wait(Gui *g, double milliseconds); // asks for a frame after at most this time

#endif
