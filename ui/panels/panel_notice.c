#include "ui/panels/panels.h"

#include "ui/drawing/theme.h"
#include "ui/toolkit/widgets.h"

// A sentence with two buttons; the first one is the recommended action.
static void ask(Ui *u, Box box, const char *sentence, CommandId yes, CommandId no) {
    const Theme *theme = u->gui.theme;
    draw_box(u->gui.draw, box, theme->raised);
    Box in = {box.x + THEME_MARGIN, box.y + (box.h - 28) / 2, box.w - 2 * THEME_MARGIN,
              28};
    Box second = box_cut_right(&in, 76);
    box_cut_right(&in, 8);
    if (ui_button(u, yes, 0, box_cut_right(&in, 80),
                  (ButtonLook){.label = command_info(yes)->name, .on = true}))
        ui_ask(u, yes);
    if (ui_button(u, no, 0, second,
                  (ButtonLook){.label = command_info(no)->name, .flat = true}))
        ui_ask(u, no);
    box_cut_right(&in, 12);
    widget_label(&u->gui, in, ALIGN_LEFT, theme->text, sentence);
}

void panel_notice(Ui *u, Box *box) {
    const Theme *theme = u->gui.theme;
    const ViewMessage *m = &u->view->notices.messages[CONCERN_FILE];
    const View *v = u->view;
    if (v->notices.question)
        ask(u, box_cut_top(box, 44), v->notices.question, COMMAND_STAY, COMMAND_QUIT);
    if (v->notices.recovery)
        ask(u, box_cut_top(box, 44), v->notices.recovery, COMMAND_RESTORE,
            COMMAND_DECLINE);
    if (!m->text) return;
    Box strip = box_cut_top(box, 30);
    draw_box(u->gui.draw, strip, m->wrong ? theme->wrong_back : theme->raised);
    Box in = {strip.x + THEME_MARGIN, strip.y, strip.w - 2 * THEME_MARGIN, strip.h};
    widget_label(&u->gui, in, ALIGN_LEFT, m->wrong ? theme->wrong : theme->text,
                 m->text);
}
