#include "ui/toolkit/list.h"

#include "ui/drawing/theme.h"

#include <SDL.h>

#define ROW 28.0

static const Face body = {THEME_BODY, false, false};
static const Face small = {THEME_SMALL, false, false};

static void scroll_bar(Gui *g, Box box, double scroll, double content) {
    if (content <= box.h) return;
    double h = MAX(box.h * box.h / content, 20);
    double y = (box.h - h) * scroll / (content - box.h);
    draw_round(g->draw, (Box){box.x + box.w - 7, box.y + y + 2, 4, h - 4}, 2,
               g->theme->pressed);
}

static void row_draw(Gui *g, Box box, const ListRow *row, bool hover, bool cursor) {
    const Theme *theme = g->theme;
    bool lit = hover || cursor;
    if (lit || row->chosen)
        draw_round(g->draw, box, 5,
                   row->chosen ? theme->pressed
                   : cursor    ? theme->hover
                               : color_fade(theme->hover, .45));
    Box in = {box.x + 10, box.y, box.w - 24, box.h};
    if (row->icon) {
        icon_draw(g->draw, row->icon, box_cut_left(&in, 14), 14, theme->quiet);
        box_cut_left(&in, 10);
    }
    if (row->chosen)
        icon_draw(g->draw, ICON_CHECK, box_cut_right(&in, 18), 12, theme->text);
    if (row->detail) {
        double w = MIN(draw_text_width(g->draw, small, row->detail), in.w / 2);
        draw_text(g->draw, small, box_cut_right(&in, w + 1), ALIGN_RIGHT, theme->faint,
                  row->detail);
        box_cut_right(&in, 12);
    }
    draw_text(g->draw, body, in, ALIGN_LEFT,
              lit || row->chosen ? theme->text : theme->ink, row->text);
}

int list_frame(Gui *g, GuiId id, Box box, const ListRow *rows, int count,
               ListState *state) {
    int ret = -1;
    double content = count * ROW, most = MAX(content - box.h, 0);
    GuiState all = gui_control(g, id + 4001, box, GUI_SURFACE);
    if (all.wheel != 0) state->scroll -= all.wheel * ROW * 3, g->wheel_taken = true;
    g->active = all.begun ? 0 : g->active; // leave clicks to the rows
    if (state->reveal && state->cursor >= 0)
        state->scroll = CLAMP(state->scroll, (state->cursor + 1) * ROW - box.h,
                              state->cursor * ROW);
    state->reveal = false;
    state->scroll = CLAMP(state->scroll, 0, most);
    Area clip = draw_clip(g->draw, box);
    int first = (int)(state->scroll / ROW);
    int last = MIN(count, first + (int)(box.h / ROW) + 2);
    for (int i = first; i < last; i++) {
        Box row = {box.x, box.y + i * ROW - state->scroll, box.w - 10, ROW - 2};
        Box seen = row;
        seen.y = MAX(row.y, box.y);
        seen.h = MIN(row.y + row.h, box.y + box.h) - seen.y;
        GuiState s = gui_control(g, id + 1 + (GuiId)(i % 4000), seen, GUI_SURFACE);
        if (s.clicked) ret = i;
        row_draw(g, row, &rows[i], s.hover, i == state->cursor);
    }
    draw_unclip(g->draw, clip);
    scroll_bar(g, box, state->scroll, content);
    return ret;
}

bool list_key(ListState *s, int count, const KeyEvent *key) {
    int by = 0;
    if (!key->down || key->modifiers) return false;
    switch (key->code) {
    case SDLK_UP: by = -1; break;
    case SDLK_DOWN: by = 1; break;
    case SDLK_PAGEUP: by = -10; break;
    case SDLK_PAGEDOWN: by = 10; break;
    default: return false;
    }
    s->cursor = count ? CLAMP(s->cursor + by, 0, count - 1) : -1;
    s->reveal = true;
    return true;
}
