// What controls share: which one the mouse is over, which is held, which has the
// keyboard, and the words that appear beside one. Immediate mode (after rxi's microui):
// a control is told each frame, and answers with what was done to it.
//
// The keyboard's focus is moved by Tab, Shift+Tab and the arrows, is shown as a ring,
// and is never taken by a click, so that Space and Enter keep their meaning; Enter
// works the control that has it. Only fields are focused by a click.
#ifndef UI_GUI_H
#define UI_GUI_H

#include "ui/command.h"
#include "ui/toolkit/draw.h"
#include "ui/toolkit/input.h"

#define GUI_SPOTS 256
#define GUI_ASKED 16

// A control is the command that it gives, and which of several.
typedef uint32_t GuiId;
static inline GuiId gui_id(CommandId command, int index) {
    return (GuiId)command * 4096 + (GuiId)index + 1;
}

typedef struct GuiSpot {
    GuiId id;
    Box box;
} GuiSpot;

typedef struct Gui {
    Draw *draw; // these four for the length of a frame
    const Input *input;
    const View *view;
    CommandQueue *queue;

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

    CommandId asked[GUI_ASKED]; // what controls stand for, to be carried out
    int asked_count;

    GuiId tip, tip_shown; // over which the mouse rests, and since when
    int64_t tip_since;
    Box tip_box;
    CommandId tip_command;
    const char *tip_text; // in place of the command's
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

void gui_begin(Gui *g, Draw *draw, const Input *input, const View *view,
               CommandQueue *queue, int top);
void gui_tell(Gui *g); // from here on controls are told; keys come before
void gui_end(Gui *g);  // draws the words beside a control

// Tab, arrows, Enter and Esc, before the controls are told. True if it took the key.
bool gui_key(Gui *g, const KeyEvent *key);

GuiState gui_control(Gui *g, GuiId id, Box box, unsigned flags);
void gui_explain(Gui *g, GuiId id, const char *text); // in place of the command's help
void gui_focus(Gui *g, GuiId id);                     // 0: none

void gui_ring(Gui *g, Box box, double radius, bool focused); // around a control

void gui_ask(Gui *g, CommandId id); // for the screen to carry out, as if by its key
void gui_send(Gui *g, Command c);
void gui_send_integer(Gui *g, CommandId id, int64_t value);
void gui_send_number(Gui *g, CommandId id, double value);
void gui_send_text(Gui *g, CommandId id, const char *text);
void gui_send_span(Gui *g, CommandId id, int64_t from, int64_t to);

void gui_wait(Gui *g, double milliseconds); // a frame is due then at the latest

#endif
