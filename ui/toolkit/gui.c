#include "ui/toolkit/gui.h"

#include "ui/drawing/theme.h"

#include <SDL.h>
#include <math.h>

#define TIP_DELAY 600000 // microseconds
#define HUSHED    6.0    // points from where the mouse was pressed

void gui_begin(Gui *g, Draw *draw, const Input *input, int top) {
    g->draw = draw, g->theme = draw_theme(draw), g->input = input;
    if (g->top != top) g->focus = g->active = 0;
    g->top = top, g->layer = 0;
    g->hot = 0;
    g->wheel_taken = g->field.clicked = false;
    g->wait = -1;
    g->tip.shown = 0;
    g->tip.text = NULL;
    if (g->active && input->focus_lost) g->active = 0;
}

void gui_tell(Gui *g) { g->tab.count = 0; }

void gui_wait(Gui *g, double milliseconds) {
    int wait = (int)ceil(CLAMP(milliseconds, 0, 3600e3));
    if (g->wait < 0 || wait < g->wait) g->wait = wait;
}

void gui_focus(Gui *g, GuiId id) { g->focus = id; }

GuiId gui_meant(const Gui *g) { return g->focus ? g->focus : g->tip.of; }

static int spot_of(const Gui *g, GuiId id) {
    for (int i = 0; i < g->tab.count; i++)
        if (g->tab.spots[i].id == id) return i;
    return -1;
}

static void move_by_tab(Gui *g, int by) {
    if (g->tab.count == 0) return;
    int at = spot_of(g, g->focus);
    if (at < 0) at = by > 0 ? -1 : 0;
    g->focus = g->tab.spots[(at + by + g->tab.count) % g->tab.count].id;
}

// Moves the focus to the nearest control in this direction. Sideways distance
// counts double.
static void move_by_arrow(Gui *g, int dx, int dy) {
    int at = spot_of(g, g->focus), best = -1;
    double nearest = HUGE_VAL;
    if (at < 0) return;
    Box a = g->tab.spots[at].box;
    for (int i = 0; i < g->tab.count; i++) {
        Box b = g->tab.spots[i].box;
        double x = b.x + b.w / 2 - a.x - a.w / 2, y = b.y + b.h / 2 - a.y - a.h / 2;
        double along = x * dx + y * dy, across = fabs(x * dy) + fabs(y * dx);
        if (i == at || along <= 1 || along < across / 4) continue;
        if (along + 2 * across < nearest) nearest = along + 2 * across, best = i;
    }
    if (best >= 0) g->focus = g->tab.spots[best].id;
}

bool gui_key(Gui *g, const KeyEvent *key) {
    if (!key->down) return false;
    int dx = (key->code == SDLK_RIGHT) - (key->code == SDLK_LEFT);
    int dy = (key->code == SDLK_DOWN) - (key->code == SDLK_UP);
    if (key->code == SDLK_TAB && !(key->modifiers & (KEY_CTRL | KEY_ALT))) {
        move_by_tab(g, key->modifiers & KEY_SHIFT ? -1 : 1);
        return true;
    }
    if (!g->focus || key->modifiers) return false;
    int at = spot_of(g, g->focus);
    bool adjusts = at >= 0 && g->tab.spots[at].adjusts;
    if (key->code == SDLK_RETURN || key->code == SDLK_KP_ENTER) {
        // There is nothing to activate on a slider, so Enter still continues.
        if (adjusts) return false;
        g->keys.entered = true;
    } else if (dx && adjusts) {
        g->keys.steps += dx;
    } else if (dx || dy) {
        move_by_arrow(g, dx, dy);
    } else {
        // Esc also silences all notes, so do not consume it.
        if (key->code == SDLK_ESCAPE) g->focus = 0;
        return false;
    }
    return true;
}

static bool is_over(Gui *g, Box box) {
    const Input *in = g->input;
    return g->layer == g->top && box_has(box, in->x, in->y);
}

static void take_mouse(Gui *g, GuiId id, Box box, unsigned flags, GuiState *s) {
    const Input *in = g->input;
    bool over = is_over(g, box);
    if (over && (!g->active || g->active == id)) g->hot = id, s->hover = true;
    if (flags & GUI_DEAD) return;
    if (over && in->pressed == MOUSE_LEFT && !g->active) {
        g->active = id, g->active_box = box;
        s->begun = true;
        if (flags & GUI_FIELD)
            g->focus = id, g->field.clicked = true;
        else if (!(flags & GUI_SURFACE) && g->focus != id)
            g->focus = 0;
    }
    s->held = g->active == id;
    if (s->held && (in->released == MOUSE_LEFT || !in->held)) {
        s->ended = true;
        s->clicked = over && in->released == MOUSE_LEFT;
        s->held = false;
        g->active = 0;
    }
    if (s->hover && !g->wheel_taken && in->wheel_y != 0) s->wheel = in->wheel_y;
}

GuiState gui_control(Gui *g, GuiId id, Box box, unsigned flags) {
    GuiState s = {0};
    if (g->layer != g->top) return s;
    take_mouse(g, id, box, flags, &s);
    if (s.hover && !(flags & GUI_SURFACE)) {
        g->tip.shown = id;
        g->tip.box = box;
    }
    if (flags & (GUI_SURFACE | GUI_DEAD)) {
        if (g->focus == id) g->focus = 0;
        return s;
    }
    if (g->tab.count < GUI_SPOTS)
        g->tab.spots[g->tab.count++] = (GuiSpot){id, box, flags & GUI_ADJUSTS};
    s.focused = g->focus == id;
    if (!s.focused) return s;
    if (g->keys.entered) s.clicked = true;
    s.steps = g->keys.steps;
    g->keys.entered = false, g->keys.steps = 0;
    return s;
}

void gui_explain(Gui *g, GuiId id, const char *text) {
    if (g->tip.shown == id) g->tip.text = text;
}

void gui_tip(Gui *g, const char *name, const char *keys, const char *help) {
    const Theme *theme = g->theme;
    Face face = {THEME_BODY, true, false}, small = {THEME_SMALL + 1, false, false};
    if (g->tip.text) help = g->tip.text;
    double name_w = draw_text_width(g->draw, face, name);
    double keys_w = draw_text_width(g->draw, small, keys);
    double w = MAX(name_w + (*keys ? keys_w + 24 : 0),
                   draw_text_width(g->draw, small, help)) +
               20;
    double lines = 1;
    if (w > 330) lines = ceil(w / 310), w = 330;
    Box box = {g->tip.box.x + g->tip.box.w / 2 - w / 2, g->tip.box.y + g->tip.box.h + 8,
               w, 34 + lines * 17};
    box.x = CLAMP(box.x, 6, MAX(6, g->input->width - w - 6));
    if (box.y + box.h > g->input->height - 6) box.y = g->tip.box.y - box.h - 8;
    draw_round(g->draw, (Box){box.x - 1, box.y + 2, w + 2, box.h + 2}, 8,
               theme->shadow);
    draw_round(g->draw, box, THEME_RADIUS, theme->hover);
    draw_ring(g->draw, box, THEME_RADIUS, 1, theme->edge);
    box = box_inset(box, 10);
    Box line = box_cut_top(&box, 14);
    if (*keys)
        draw_text(g->draw, small, box_cut_right(&line, keys_w + 1), ALIGN_RIGHT,
                  theme->quiet, keys);
    draw_text(g->draw, face, line, ALIGN_LEFT, theme->text, name);
    box.y += 5;
    box.h += 10;
    draw_lines(g->draw, small, box, theme->quiet, help);
}

// What a click has done is often said where the tooltip would be.
static bool is_hushed(Gui *g) {
    const Input *in = g->input;
    if (in->pressed) g->tip.hushed = true, g->tip.x = in->x, g->tip.y = in->y;
    if (fabs(in->x - g->tip.x) + fabs(in->y - g->tip.y) > HUSHED) g->tip.hushed = false;
    return g->tip.hushed;
}

GuiId gui_end(Gui *g) {
    if (g->input->pressed && !g->field.clicked) g->focus = 0;
    if (g->focus && spot_of(g, g->focus) < 0) g->focus = 0;
    g->keys.entered = false, g->keys.steps = 0;
    bool still = g->tip.of == g->tip.shown && !g->input->held && !g->input->wheel_y;
    bool hushed = is_hushed(g);
    if (!still) g->tip.since = g->input->now;
    g->tip.of = g->tip.shown;
    if (!g->tip.of || g->active || hushed) return 0;
    int64_t left = g->tip.since + TIP_DELAY - g->input->now;
    if (left <= 0) return g->tip.of;
    gui_wait(g, (double)left / 1000);
    return 0;
}

void gui_ring(Gui *g, Box box, double radius, bool focused) {
    if (focused)
        draw_ring(g->draw, box_inset(box, -2), radius + 2, 1.5, g->theme->focus);
}
