#include "ui/panels.h"

#include "ui/toolkit/theme.h"
#include "ui/toolkit/widgets.h"

static void recovery(Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    draw_box(u->gui.draw, box, theme->raised);
    Box in = {box.x + THEME_MARGIN, box.y + (box.h - 28) / 2, box.w - 2 * THEME_MARGIN,
              28};
    Box discard = box_cut_right(&in, 76);
    box_cut_right(&in, 8);
    if (ui_button(u, COMMAND_RESTORE, 0, box_cut_right(&in, 80),
                  (ButtonLook){.label = "Restore", .on = true}))
        ui_ask(u, COMMAND_RESTORE);
    if (ui_button(u, COMMAND_DISCARD, 0, discard,
                  (ButtonLook){.label = "Discard", .flat = true}))
        ui_ask(u, COMMAND_DISCARD);
    box_cut_right(&in, 12);
    widget_label(&u->gui, in, ALIGN_LEFT, theme->text, u->view->recovery);
}

void panel_notice(Ui *u, Box *box) {
    const Theme *theme = u->gui.theme;
    const ViewMessage *m = &u->view->messages[CONCERN_FILE];
    if (u->view->recovery) recovery(u, box_cut_top(box, 44));
    if (!m->text) return;
    Box strip = box_cut_top(box, 30);
    draw_box(u->gui.draw, strip, m->wrong ? 0xFF2B2024u : theme->raised);
    Box in = {strip.x + THEME_MARGIN, strip.y, strip.w - 2 * THEME_MARGIN, strip.h};
    widget_label(&u->gui, in, ALIGN_LEFT, m->wrong ? theme->wrong : theme->text,
                 m->text);
}
