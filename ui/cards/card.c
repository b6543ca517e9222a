#include "ui/cards/card.h"

#include "ui/drawing/theme.h"

#define PADDING 20.0

Box card_frame(Ui *u, double width, double height, const char *title, const char *hint,
               bool *ret_outside) {
    const Theme *theme = u->gui.theme;
    const Input *in = u->gui.input;
    Box window = {0, 0, in->width, in->height};
    double w = MIN(width, window.w - 32), h = MIN(height, window.h - 32);
    Box card = {(window.w - w) / 2, (window.h - h) / 2, w, h};
    u->gui.layer = 1;
    draw_box(u->gui.draw, window, theme->shade);
    draw_round(u->gui.draw, (Box){card.x - 2, card.y + 4, w + 4, h + 4}, 14,
               theme->shadow);
    draw_round(u->gui.draw, card, 12, theme->panel);
    draw_ring(u->gui.draw, card, 12, 1, theme->edge);
    *ret_outside = in->pressed && u->gui.top == 1 && !box_has(card, in->x, in->y);
    Box inside = box_inset(card, PADDING);
    Box head = box_cut_top(&inside, 24);
    draw_text(u->gui.draw, (Face){THEME_SMALL + .5, false, false}, head, ALIGN_RIGHT,
              theme->faint, hint);
    draw_text(u->gui.draw, (Face){THEME_TITLE, true, false}, head, ALIGN_LEFT,
              theme->text, title);
    box_cut_top(&inside, 14);
    return inside;
}
