// What all parts of the window share: the toolkit's controls, the View that is shown,
// and the Commands that result. A control is identified by the command that it sends.
#ifndef UI_UI_H
#define UI_UI_H

#include "ui/command.h"
#include "ui/toolkit/widgets.h"

#define UI_ASKED 16

typedef struct Ui {
    Gui gui;
    const View *view; // these two are valid for one frame
    CommandQueue *queue;
    // Commands of clicked controls, for the screen to carry out.
    CommandId asked[UI_ASKED];
    int asked_count;
} Ui;

// `index` tells several controls of one command apart.
static inline GuiId ui_id(CommandId command, int index) {
    return (GuiId)command * GUI_PARTS + (GuiId)index + 1;
}

// The command of a control; COMMAND_NONE for 0.
CommandId ui_command(GuiId control);

// The colour of a source: in the roll, on the keys, and in the tree of takes.
Color ui_source_color(const Theme *theme, NoteSource source);

void ui_begin(Ui *u, Draw *draw, const Input *input, const View *view,
              CommandQueue *queue, int top);
void ui_end(Ui *u); // draws the tooltip

// A button for a command, dim if the command is not possible. Returns true if it
// was clicked.
bool ui_button(Ui *u, CommandId id, int index, Box box, ButtonLook look);
bool ui_switch(Ui *u, CommandId id, Box box, const char *label, bool on);
// A slider for a command's value from 0 to 1, shown in percent. It sends the command
// when it is moved.
void ui_share(Ui *u, CommandId id, Box box, double value, bool off, double usual);

// The screen carries it out, as if its key were pressed.
void ui_ask(Ui *u, CommandId id);
void ui_send(Ui *u, Command c);
void ui_send_integer(Ui *u, CommandId id, int64_t value);
void ui_send_number(Ui *u, CommandId id, double value);
void ui_send_text(Ui *u, CommandId id, const char *text);
void ui_send_naming(Ui *u, const char *path, const char *name);
void ui_send_span(Ui *u, CommandId id, int64_t from, int64_t to);

#endif
