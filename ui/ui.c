#include "ui/ui.h"

#include <stdio.h>

Color ui_source_color(const Theme *theme, NoteSource source) {
    return source == NOTE_OF_MODEL ? theme->model
           : source == NOTE_PLAYED ? theme->played
                                   : theme->prompt;
}

CommandId ui_command(GuiId control) {
    return control ? (CommandId)((control - 1) / GUI_PARTS) : COMMAND_NONE;
}

void ui_begin(Ui *u, Draw *draw, const Input *input, const View *view,
              CommandQueue *queue, int top) {
    u->view = view, u->queue = queue;
    gui_begin(&u->gui, draw, input, top);
}

void ui_end(Ui *u) {
    GuiId told = gui_end(&u->gui);
    if (!told) return;
    CommandId id = ui_command(told);
    const CommandInfo *info = command_info(id);
    gui_tip(&u->gui, info->name, command_keys(id, 0), info->help);
}

bool ui_button(Ui *u, CommandId id, int index, Box box, ButtonLook look) {
    look.dead = !command_possible(id, u->view);
    return widget_button(&u->gui, ui_id(id, index), box, look);
}

bool ui_switch(Ui *u, CommandId id, Box box, const char *label, bool on) {
    return widget_switch(&u->gui, ui_id(id, 0), box, label, on,
                         !command_possible(id, u->view));
}

void ui_share(Ui *u, CommandId id, Box box, double value, bool off, double usual) {
    char words[16] = "off";
    if (!off) snprintf(words, sizeof words, "%.0f %%", value * 100);
    if (widget_slider(&u->gui, ui_id(id, 0), box, command_info(id)->name, words,
                      (Range){0, 1, .02, usual}, &value))
        ui_send_number(u, id, value);
}

void ui_ask(Ui *u, CommandId id) {
    if (u->asked_count < UI_ASKED) u->asked[u->asked_count++] = id;
}

void ui_send(Ui *u, Command c) { command_send(u->queue, c); }

void ui_send_integer(Ui *u, CommandId id, int64_t value) {
    ui_send(u, (Command){.id = id, .integer = value});
}

void ui_send_number(Ui *u, CommandId id, double value) {
    ui_send(u, (Command){.id = id, .number = value});
}

void ui_send_text(Ui *u, CommandId id, const char *text) {
    ui_send(u, (Command){.id = id, .text = g_strdup(text)});
}

void ui_send_naming(Ui *u, const char *path, const char *name) {
    Command c = {.id = COMMAND_RENAME_SESSION};
    c.naming.path = g_strdup(path);
    c.naming.name = g_strdup(name);
    ui_send(u, c);
}

void ui_send_span(Ui *u, CommandId id, int64_t from, int64_t to) {
    ui_send(u, (Command){.id = id, .span = {from, to}});
}
