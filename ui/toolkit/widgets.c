#include "ui/toolkit/widgets.h"

#include "ui/drawing/theme.h"

#include <math.h>

static const Face body = {THEME_BODY, false, false};
static const Face strong = {THEME_BODY, true, false};

double widget_label(Gui *g, Box box, Align align, Color color, const char *text) {
    return draw_text(g->draw, body, box, align, color, text);
}

// The face of a raised control, with an outline in some themes.
static void draw_raised(Gui *g, Box box, double radius, Color face) {
    draw_round(g->draw, box, radius, face);
    if (g->theme->outline) draw_ring(g->draw, box, radius, 1, g->theme->outline);
}

static Color face_color(const Theme *theme, GuiState s, ButtonLook look, bool dead) {
    Color face = look.primary ? theme->model : look.on ? theme->pressed : theme->raised;
    if (dead) return look.flat ? 0 : color_fade(theme->raised, .55);
    if (look.primary)
        return color_mix(face, s.held ? theme->back : theme->text,
                         s.held    ? .12
                         : s.hover ? .14
                                   : 0);
    if (s.held) return theme->pressed;
    if (s.hover) return look.on ? theme->pressed : theme->hover;
    return look.flat && !look.on ? 0 : face;
}

bool widget_button(Gui *g, GuiId id, Box box, ButtonLook look) {
    const Theme *theme = g->theme;
    bool dead = look.dead;
    GuiState s = gui_control(g, id, box, dead ? GUI_DEAD : 0);
    Color ink = dead           ? theme->dead
                : look.primary ? theme->on_model
                : look.on      ? theme->text
                : s.hover      ? theme->text
                               : theme->ink;
    Color face = face_color(theme, s, look, dead);
    if (face) draw_raised(g, box, THEME_RADIUS, face);
    gui_ring(g, box, THEME_RADIUS, s.focused);
    Box in = box;
    double size = look.primary ? 14 : 15;
    if (look.icon && look.label) {
        double w = draw_text_width(g->draw, look.primary ? strong : body, look.label);
        double left = (box.w - w - size - 8) / 2;
        icon_draw(g->draw, look.icon, (Box){box.x + left, box.y, size, box.h}, size,
                  ink);
        in.x += left + size + 8, in.w = w + 2;
    } else if (look.icon) {
        icon_draw(g->draw, look.icon, box, size, ink);
    } else {
        in = (Box){box.x + 6, box.y, box.w - 12, box.h};
    }
    if (look.label)
        draw_text(g->draw, look.primary ? strong : body, in, ALIGN_CENTER, ink,
                  look.label);
    return s.clicked;
}

bool widget_switch(Gui *g, GuiId id, Box box, const char *label, bool on, bool dead) {
    const Theme *theme = g->theme;
    GuiState s = gui_control(g, id, box, dead ? GUI_DEAD : 0);
    Box row = box, knob = box_cut_right(&row, 30);
    knob = (Box){knob.x, knob.y + (box.h - 16) / 2, 30, 16};
    Color back = on ? theme->fill : s.hover ? theme->pressed : theme->raised;
    draw_raised(g, knob, 8, dead ? color_fade(back, .5) : back);
    Box dot = {knob.x + (on ? 16 : 2), knob.y + 2, 12, 12};
    draw_round(g->draw, dot, 6,
               dead ? theme->dead
               : on ? theme->on_fill
                    : theme->quiet);
    draw_text(g->draw, body, row, ALIGN_LEFT,
              dead            ? theme->dead
              : s.hover || on ? theme->text
                              : theme->quiet,
              label);
    gui_ring(g, box_inset(box, 1), 4, s.focused);
    return s.clicked;
}

static Box track_of(Box box) { return (Box){box.x, box.y + box.h - 9, box.w, 4}; }

static bool is_lit(GuiState s) { return s.hover || s.held || s.focused; }

// Returns a slider's new value after the user's input.
static double moved(Gui *g, GuiState s, Box track, Range r, double v) {
    double before = v;
    if (s.held) v = r.least + (g->input->x - track.x) / track.w * (r.most - r.least);
    if (s.begun && g->input->clicks == 2) v = r.usual, g->active = 0;
    if (s.wheel != 0) v += r.step * (s.wheel > 0 ? 1 : -1), g->wheel_taken = true;
    v += r.step * s.steps;
    if (v == before) return v;
    return CLAMP(r.least + round((v - r.least) / r.step) * r.step, r.least, r.most);
}

static void slider_words(Gui *g, Box box, const char *label, Color label_ink,
                         const char *words, Color ink) {
    Box line = {box.x, box.y, box.w, box.h - 12};
    double words_w = draw_text(g->draw, (Face){THEME_BODY, false, true}, line,
                               ALIGN_RIGHT, ink, words);
    line.w -= words_w + 8;
    draw_text(g->draw, body, line, ALIGN_LEFT, label_ink, label);
}

static Box slider_frame(Box box) {
    return box_inset((Box){box.x - 4, box.y, box.w + 8, box.h}, 1);
}

static void slider_knob(Gui *g, Box box, Box track, double part, GuiState s,
                        Color ink) {
    double knob = is_lit(s) ? 12 : 8;
    draw_round(
        g->draw,
        (Box){track.x + (track.w - knob) * part, track.y + 2 - knob / 2, knob, knob},
        knob / 2, is_lit(s) ? g->theme->text : ink);
    gui_ring(g, slider_frame(box), 4, s.focused);
}

static Color bar_ink(const Theme *theme, GuiState s) {
    return is_lit(s) ? theme->ink : theme->fill;
}

bool widget_slider(Gui *g, GuiId id, Box box, const char *label, const char *words,
                   Range r, double *value) {
    GuiState s = gui_control(g, id, box, GUI_ADJUSTS);
    Box track = track_of(box);
    double v = moved(g, s, track, r, *value);
    double part = CLAMP((v - r.least) / (r.most - r.least), 0, 1);
    slider_words(g, box, label, is_lit(s) ? g->theme->text : g->theme->quiet, words,
                 g->theme->text);
    draw_round(g->draw, track, 2, g->theme->raised);
    draw_round(g->draw, (Box){track.x, track.y, MAX(track.w * part, 4), 4}, 2,
               bar_ink(g->theme, s));
    slider_knob(g, box, track, part, s, g->theme->ink);
    bool changed = v != *value;
    *value = v;
    return changed;
}

// Cuts off the bar what the mark takes.
static void dial_mark(Gui *g, Box *track, DialLook look) {
    const Face small = {THEME_SMALL - 1, false, true};
    if (!look.mark) return;
    Box at = box_cut_right(track, draw_text_width(g->draw, small, look.mark) + 1);
    box_cut_right(track, 7);
    draw_text(g->draw, small, (Box){at.x, at.y - 6, at.w, at.h + 12}, ALIGN_RIGHT,
              look.waits ? g->theme->model : g->theme->quiet, look.mark);
}

DialChange widget_dial(Gui *g, GuiId id, Box box, DialLook look, double *value) {
    const Theme *theme = g->theme;
    GuiState s = gui_control(g, id, box, GUI_ADJUSTS | (look.dead ? GUI_DEAD : 0));
    if (look.dead) s = (GuiState){0};
    Box track = track_of(box);
    dial_mark(g, &track, look);
    double v = moved(g, s, track, (Range){-1, 1, look.step, 0}, *value);
    double middle = track.x + track.w / 2, part = CLAMP((v + 1) / 2, 0, 1);
    double to = track.x + track.w * part;
    slider_words(g, box, look.label,
                 look.dead   ? theme->dead
                 : is_lit(s) ? theme->text
                             : theme->quiet,
                 look.words,
                 look.dead ? theme->dead
                 : v == 0  ? theme->faint
                           : theme->text);
    draw_round(g->draw, track, 2,
               look.dead ? color_fade(theme->raised, .55) : theme->raised);
    draw_box(g->draw, (Box){middle - .5, track.y - 3, 1, 10}, theme->faint);
    if (v != 0)
        draw_box(g->draw, (Box){MIN(middle, to), track.y, fabs(to - middle), 4},
                 bar_ink(theme, s));
    if (!look.dead)
        slider_knob(g, box, track, part, s, v == 0 ? theme->faint : theme->ink);
    if (look.waits)
        draw_ring(g->draw, box_inset(slider_frame(box), -2), 6, 1.5, theme->model);
    bool changed = v != *value;
    *value = v;
    if (changed) return DIAL_MOVED;
    return s.hover && g->input->pressed == MOUSE_RIGHT ? DIAL_ASKED : DIAL_STAYS;
}

bool widget_stepper(Gui *g, GuiId id, Box box, const char *words, Range r,
                    double *value) {
    const Theme *theme = g->theme;
    GuiState s = gui_control(g, id, box, GUI_ADJUSTS);
    double v = *value, side = 26;
    bool less = s.hover && g->input->x < box.x + side;
    bool more = s.hover && g->input->x > box.x + box.w - side;
    if (s.begun && g->input->clicks == 2 && !less && !more) v = r.usual;
    if (s.clicked && g->input->released) v += r.step * (more - less);
    if (s.wheel != 0) v += r.step * (s.wheel > 0 ? 1 : -1), g->wheel_taken = true;
    v += r.step * s.steps;
    if (v != *value)
        v = CLAMP(r.least + round((v - r.least) / r.step) * r.step, r.least, r.most);
    draw_raised(g, box, THEME_RADIUS, s.hover ? theme->hover : theme->raised);
    Box left = {box.x, box.y, side, box.h};
    Box right = {box.x + box.w - side, box.y, side, box.h};
    widget_label(g, left, ALIGN_CENTER, less ? theme->text : theme->quiet, "\u2212");
    widget_label(g, right, ALIGN_CENTER, more ? theme->text : theme->quiet, "+");
    draw_text(g->draw, (Face){THEME_BODY, false, true}, box, ALIGN_CENTER, theme->text,
              words);
    gui_ring(g, box, THEME_RADIUS, s.focused);
    bool changed = v != *value;
    *value = v;
    return changed;
}

int widget_segments(Gui *g, GuiId id, Box box, const char *const *labels, int count,
                    int chosen) {
    const Theme *theme = g->theme;
    int ret = -1;
    draw_raised(g, box, THEME_RADIUS, theme->raised);
    double w = box.w / count;
    for (int i = 0; i < count; i++) {
        Box one = {box.x + i * w, box.y, w, box.h};
        GuiState s = gui_control(g, id + (GuiId)i, one, 0);
        if (i == chosen)
            draw_round(g->draw, box_inset(one, 2), THEME_RADIUS - 1, theme->chosen);
        else if (s.hover)
            draw_round(g->draw, box_inset(one, 2), THEME_RADIUS - 1, theme->hover);
        draw_text(g->draw, body, one, ALIGN_CENTER,
                  i == chosen || s.hover ? theme->text : theme->quiet, labels[i]);
        gui_ring(g, box_inset(one, 1), 4, s.focused);
        if (s.clicked) ret = i;
    }
    return ret;
}
