// What the screens share: the controls of the toolkit, the View that is shown, and the
// Commands that come of it. A control is known by the command that it gives.
#ifndef UI_UI_H
#define UI_UI_H

#include "ui/command.h"
#include "ui/toolkit/widgets.h"

#define UI_ASKED 16

typedef struct Ui {
    Gui gui;
    const View *view; // these two for the length of a frame
    CommandQueue *queue;
    CommandId asked[UI_ASKED]; // what controls stand for, to be carried out
    int asked_count;
} Ui;

// Which of several controls of a command.
static inline GuiId ui_id(CommandId command, int index) {
    return (GuiId)command * GUI_PARTS + (GuiId)index + 1;
}

// The colour of who plays: in the roll, on the keys, in the tree of takes.
Color ui_source_color(const Theme *theme, NoteSource source);

void ui_begin(Ui *u, Draw *draw, const Input *input, const View *view,
              CommandQueue *queue, int top);
void ui_end(Ui *u); // draws the words beside a control

// For a command: dim if it is not possible. True if it was clicked.
bool ui_button(Ui *u, CommandId id, int index, Box box, ButtonLook look);
bool ui_switch(Ui *u, CommandId id, Box box, const char *label, bool on);
// A slider named as the command, from 0 to 1 in percent, which sends what it is set to.
void ui_share(Ui *u, CommandId id, Box box, double value, bool off, double usual);

void ui_ask(Ui *u, CommandId id); // for the screen to carry out, as if by its key
void ui_send(Ui *u, Command c);
void ui_send_integer(Ui *u, CommandId id, int64_t value);
void ui_send_number(Ui *u, CommandId id, double value);
void ui_send_text(Ui *u, CommandId id, const char *text);
void ui_send_naming(Ui *u, const char *path, const char *name);
void ui_send_span(Ui *u, CommandId id, int64_t from, int64_t to);

#endif
