#include "ui/cards/save.h"

#include "ui/cards/card.h"
#include "ui/drawing/theme.h"
#include "ui/toolkit/field.h"

void save_clear(Save *s) {
    if (s->name) g_string_free(s->name, TRUE);
    g_free(s->asked);
    *s = (Save){0};
}

void save_open(Save *s, Ui *u, CommandId command) {
    save_clear(s);
    s->command = command;
    g_autofree char *now = u->view->sessions.name
                               ? g_utf8_make_valid(u->view->sessions.name, -1)
                               : NULL;
    s->name = g_string_new(now);
    u->gui.field.cursor = (int)s->name->len;
}

// Returns why the last attempt to save failed, or NULL.
static const ViewMessage *answer(const Save *s, const View *v) {
    const ViewMessage *m = &v->notices.messages[CONCERN_FILE];
    return s->asked && m->text && m->wrong ? m : NULL;
}

bool save_frame(Save *s, Ui *u) {
    bool close, copies = s->command == COMMAND_SAVE_AS && u->view->sessions.name;
    Box in = card_frame(u, 560, 190,
                        copies ? "Save a copy and go on with it" : "Name this session",
                        "Enter saves, Esc closes", &close);
    const ViewMessage *m = answer(s, u->view);
    widget_label(&u->gui, box_cut_top(&in, 20), ALIGN_LEFT,
                 m ? u->gui.theme->wrong : u->gui.theme->quiet,
                 m        ? m->text
                 : copies ? "The current session keeps its name and contents."
                          : "Open lists it by this name.");
    box_cut_top(&in, 8);
    bool entered = field_frame(&u->gui, ui_id(COMMAND_SAVE, 0), box_cut_top(&in, 32),
                               s->name, "A name");
    box_cut_top(&in, 14);
    Box row = box_cut_top(&in, 32);
    entered |= ui_button(u, COMMAND_SAVE, 1, box_cut_right(&row, 100),
                         (ButtonLook){.label = "Save", .on = true});
    gui_explain(&u->gui, ui_id(COMMAND_SAVE, 1), "Saves the whole session to disk.");
    if (entered) {
        ui_send_text(u, s->command, s->name->str);
        g_free(s->asked);
        s->asked = g_strdup(s->name->str);
        return close;
    }
    return close ||
           (s->asked && !m && g_strcmp0(s->asked, u->view->sessions.name) == 0);
}
