#include "ui/panels.h"

#include "ui/toolkit/theme.h"
#include "ui/widgets.h"

static void recovery(Gui *g, Box box) {
    draw_box(g->draw, box, THEME_RAISED);
    Box in = {box.x + THEME_MARGIN, box.y + (box.h - 28) / 2, box.w - 2 * THEME_MARGIN,
              28};
    Box discard = box_cut_right(&in, 76);
    box_cut_right(&in, 8);
    if (widget_button(g, COMMAND_RESTORE, 0, box_cut_right(&in, 80),
                      (ButtonLook){.label = "Restore", .on = true}))
        gui_ask(g, COMMAND_RESTORE);
    if (widget_button(g, COMMAND_DISCARD, 0, discard,
                      (ButtonLook){.label = "Discard", .flat = true}))
        gui_ask(g, COMMAND_DISCARD);
    box_cut_right(&in, 12);
    widget_label(g, in, ALIGN_LEFT, THEME_TEXT, g->view->recovery);
}

void panel_notice(Gui *g, Box *box) {
    const ViewMessage *m = &g->view->messages[CONCERN_FILE];
    if (g->view->recovery) recovery(g, box_cut_top(box, 44));
    if (!m->text) return;
    Box strip = box_cut_top(box, 30);
    draw_box(g->draw, strip, m->wrong ? 0xFF2B2024u : THEME_RAISED);
    Box in = {strip.x + THEME_MARGIN, strip.y, strip.w - 2 * THEME_MARGIN, strip.h};
    widget_label(g, in, ALIGN_LEFT, m->wrong ? THEME_WRONG : THEME_TEXT, m->text);
}
