#include "ui/cards/session_edit.h"

#include "ui/drawing/theme.h"
#include "ui/toolkit/field.h"

#include <SDL.h>

void session_edit_clear(SessionEdit *e) {
    g_free(e->renamed);
    g_free(e->deleted);
    if (e->name) g_string_free(e->name, TRUE);
    *e = (SessionEdit){0};
}

bool session_edit_asks(const SessionEdit *e) { return e->renamed || e->deleted; }

static void begin_rename(SessionEdit *e, Ui *u, const ViewSession *at) {
    session_edit_clear(e);
    e->renamed = g_strdup(at->path);
    e->name = g_string_new(at->named ? at->name : NULL);
    gui_focus(&u->gui, ui_id(COMMAND_RENAME_SESSION, 0));
    u->gui.field.cursor = (int)e->name->len;
}

static void begin_delete(SessionEdit *e, const ViewSession *at) {
    session_edit_clear(e);
    e->deleted = g_strdup(at->path);
    e->name = g_string_new(at->name);
}

static void end(SessionEdit *e, Ui *u) {
    session_edit_clear(e);
    gui_focus(&u->gui, ui_id(COMMAND_OPEN_FILE, 0));
}

static void say_yes(SessionEdit *e, Ui *u) {
    if (e->deleted) ui_send_text(u, COMMAND_DELETE_SESSION, e->deleted);
    if (e->renamed) ui_send_naming(u, e->renamed, e->name->str);
    end(e, u);
}

bool session_edit_key(SessionEdit *e, Ui *u, const ViewSession *at, bool bare,
                      const KeyEvent *key) {
    if (!key->down || key->modifiers) return false;
    bool enter = key->code == SDLK_RETURN || key->code == SDLK_KP_ENTER;
    bool delete = key->code == SDLK_DELETE;
    if (e->deleted && (enter || delete))
        say_yes(e, u);
    else if (!session_edit_asks(e) && key->code == SDLK_F2)
        begin_rename(e, u, at);
    else if (!session_edit_asks(e) && delete &&bare)
        begin_delete(e, at);
    else
        return false;
    return true;
}

static bool button(Ui *u, Box *box, CommandId id, int index, const char *label) {
    bool clicked = ui_button(u, id, index, box_cut_right(box, 84),
                             (ButtonLook){.label = label});
    box_cut_right(box, 8);
    return clicked;
}

static void ask(SessionEdit *e, Ui *u, Box box, const ViewSession *at) {
    const ViewMessage *m = &u->view->notices.messages[CONCERN_FILE];
    bool rename = false, delete = false;
    if (at) {
        delete = button(u, &box, COMMAND_DELETE_SESSION, 1, "Delete");
        rename = button(u, &box, COMMAND_RENAME_SESSION, 1, "Rename");
    }
    if (m->text)
        widget_label(&u->gui, box, ALIGN_LEFT,
                     m->wrong ? u->gui.theme->wrong : u->gui.theme->text, m->text);
    if (delete) begin_delete(e, at);
    if (rename) begin_rename(e, u, at);
}

void session_edit_frame(SessionEdit *e, Ui *u, Box box, const ViewSession *at) {
    if (!session_edit_asks(e)) {
        ask(e, u, box, at);
        return;
    }
    bool keep = button(u, &box, COMMAND_DELETE_SESSION, 2,
                       e->deleted ? "Keep" : "Cancel");
    bool yes = button(u, &box,
                      e->deleted ? COMMAND_DELETE_SESSION : COMMAND_RENAME_SESSION, 3,
                      e->deleted ? "Delete" : "Rename");
    if (e->renamed)
        yes |= field_frame(&u->gui, ui_id(COMMAND_RENAME_SESSION, 0), box, e->name,
                           "Its name");
    g_autofree char *words = g_strdup_printf("Delete \"%s\" for good?", e->name->str);
    if (e->deleted) widget_label(&u->gui, box, ALIGN_LEFT, u->gui.theme->wrong, words);
    if (yes)
        say_yes(e, u);
    else if (keep)
        end(e, u);
}
