#include "ui/panels/panels.h"

#include "ui/drawing/theme.h"
#include "ui/toolkit/widgets.h"

#include <math.h>
#include <stdio.h>

#define LANES_MOST 5
#define OVERVIEW   22.0
#define SIDE       10.0

static const Face small = {THEME_SMALL, true, false};

double panel_takes_height(const View *v) {
    int lanes = MIN(v->takes.count, LANES_MOST);
    return OVERVIEW + (lanes ? lanes * THEME_LANE + 8 : 0);
}

// Returns the x coordinate of a time in the overview of the whole piece.
static double at(const View *v, Box box, int64_t time) {
    int64_t end = MAX(v->piece.end, 1);
    for (int i = 0; i < v->takes.count; i++) end = MAX(end, v->takes.list[i].to);
    return box.x + SIDE + (double)time / (double)end * (box.w - 2 * SIDE);
}

static int64_t time_at(const View *v, Box box, double x) {
    double whole = at(v, box, 1000000000) - at(v, box, 0);
    return (int64_t)((x - at(v, box, 0)) / whole * 1e9);
}

static void draw_overview(Ui *u, Box box, const Roll *roll) {
    const Theme *theme = u->gui.theme;
    const View *v = u->view;
    Draw *d = u->gui.draw;
    double y = box.y + box.h / 2 - 3;
    draw_round(d, (Box){box.x + SIDE, y, box.w - 2 * SIDE, 6}, 3, theme->raised);
    for (int i = 0; i < v->piece.part_count; i++) {
        const ViewPart *p = &v->piece.parts[i];
        int64_t from = CLAMP(p->span.from, 0, v->piece.end),
                to = MIN(p->span.to, v->piece.end);
        if (p->ghost || to <= from) continue;
        double x = at(v, box, from);
        draw_box(d, (Box){x, y, MAX(at(v, box, to) - x, 1), 6},
                 color_fade(ui_source_color(theme, p->source), .75));
    }
    int64_t end = timeline_end(&roll->timeline);
    double left = at(v, box, CLAMP((int64_t)roll->timeline.from, 0, v->piece.end));
    double right = MIN(at(v, box, end), box.x + box.w - SIDE);
    if (v->piece.end > 0) {
        Box seen = {left - 2, box.y + 3, MAX(right - left, 6) + 4, box.h - 6};
        draw_round(d, seen, 4, color_fade(theme->text, .11));
        draw_ring(d, seen, 4, 1, theme->mark);
        draw_box(
            d, (Box){at(v, box, v->playback.position) - .75, box.y + 4, 1.5, box.h - 8},
            theme->text);
    }
}

static void drag_overview(Ui *u, Box box, Roll *roll, TakesState *state) {
    GuiState s = gui_control(&u->gui, ui_id(COMMAND_ZOOM_ALL, 1), box, GUI_SURFACE);
    state->drags = s.held;
    if (!s.held && !s.begun) return;
    int64_t middle = time_at(u->view, box, u->gui.input->x);
    int64_t seen = timeline_end(&roll->timeline) - (int64_t)roll->timeline.from;
    roll->timeline.from = (double)(middle - seen / 2);
    timeline_keep(&roll->timeline, u->view->piece.end);
    if (u->view->playback.playing) roll->follow = false;
}

static TakeNearness nearness(const View *v, int take) {
    if (take == v->takes.audible) return TAKE_HEARD;
    for (int i = v->takes.audible; i >= 0 && i < v->takes.count;
         i = v->takes.list[i].parent)
        if (i == take) return TAKE_BELOW;
    return TAKE_ASIDE;
}

Color panel_takes_color(const Theme *theme, NoteSource source, TakeNearness near) {
    static const double strengths[TAKE_NEARNESSES] = {.32, .8, 1};
    return color_mix(theme->panel, ui_source_color(theme, source), strengths[near]);
}

static void draw_stem(Ui *u, Box box, int lane, double scroll, Box bar) {
    const View *v = u->view;
    int parent = v->takes.list[lane].parent;
    double top = parent >= 0 ? box.y + parent * THEME_LANE - scroll + THEME_LANE - 2
                             : box.y - 6;
    double line = draw_pixel(u->gui.draw);
    draw_box(u->gui.draw, (Box){bar.x - 5, top, line, bar.y + bar.h / 2 - top},
             u->gui.theme->mark);
    draw_box(u->gui.draw, (Box){bar.x - 5, bar.y + bar.h / 2, 5, line},
             u->gui.theme->mark);
}

static void draw_take(Ui *u, Box box, int i, double scroll) {
    const Theme *theme = u->gui.theme;
    const View *v = u->view;
    const ViewTake *t = &v->takes.list[i];
    double x = at(v, box, t->from), y = box.y + i * THEME_LANE - scroll;
    Box bar = {x, y + 2, MAX(at(v, box, t->to) - x, 18), THEME_LANE - 4};
    bar.x = MIN(bar.x, box.x + box.w - SIDE - bar.w);
    draw_stem(u, box, i, scroll, bar);
    Box touch = {bar.x - 4, y, MAX(bar.w + 8, 30), THEME_LANE};
    if (touch.y < box.y - 1 || touch.y + touch.h > box.y + box.h + 1) return;
    GuiState s = gui_control(&u->gui, ui_id(COMMAND_TAKE, i % 4000), touch, 0);
    if (s.clicked) ui_send_integer(u, COMMAND_TAKE, t->id);
    Color color = panel_takes_color(theme, t->source,
                                    s.hover ? TAKE_HEARD : nearness(v, i));
    draw_round(u->gui.draw, bar, 4, color);
    if (i == v->takes.audible)
        draw_ring(u->gui.draw, box_inset(bar, -1.5), 5, 1.2, theme->text);
    if (s.focused) draw_ring(u->gui.draw, box_inset(bar, -3), 6, 1.5, theme->focus);
    Color ink = theme_ink(theme, color);
    draw_text(u->gui.draw, small, (Box){bar.x + 5, y, bar.w - 8, THEME_LANE},
              ALIGN_LEFT, ink, t->name ? t->name : "");
    if (t->writing)
        draw_round(u->gui.draw, (Box){bar.x + bar.w - 9, y + THEME_LANE / 2 - 3, 6, 6},
                   3, theme->sounding);
    if (i != v->takes.compared) return;
    // To the right of the bar, or inside it if the window ends there.
    bool beside = bar.x + bar.w + 30 < box.x + box.w;
    Box label = {beside ? bar.x + bar.w + 6 : bar.x + bar.w - 40, y, beside ? 40 : 27,
                 THEME_LANE};
    draw_text(u->gui.draw, small, label, beside ? ALIGN_LEFT : ALIGN_RIGHT,
              beside ? theme->quiet : ink, "A/B");
}

// Scrolls by the wheel, and brings the audible take into view when it changes.
static void scroll_lanes(Ui *u, Box box, TakesState *state) {
    const View *v = u->view;
    double content = v->takes.count * THEME_LANE;
    int64_t heard = v->takes.audible >= 0 && v->takes.audible < v->takes.count
                        ? v->takes.list[v->takes.audible].id
                        : -1;
    GuiState s = gui_control(&u->gui, ui_id(COMMAND_TAKE, 4001), box, GUI_SURFACE);
    if (s.begun) u->gui.active = 0; // leave clicks to the bars
    if (s.wheel != 0) state->scroll -= s.wheel * THEME_LANE, u->gui.wheel_taken = true;
    if (heard >= 0 && heard != state->shown)
        state->scroll = CLAMP(state->scroll,
                              (v->takes.audible + 1) * THEME_LANE - box.h,
                              v->takes.audible * THEME_LANE);
    state->shown = heard;
    state->scroll = CLAMP(state->scroll, 0, MAX(content - box.h, 0));
}

void panel_takes(Ui *u, Box box, Roll *roll, TakesState *state) {
    const Theme *theme = u->gui.theme;
    draw_box(u->gui.draw, box, theme->panel);
    draw_box(u->gui.draw, (Box){box.x, box.y, box.w, draw_pixel(u->gui.draw)},
             theme->line);
    Box overview = box_cut_top(&box, OVERVIEW);
    drag_overview(u, overview, roll, state);
    draw_overview(u, overview, roll);
    if (u->view->takes.count == 0) return;
    box_cut_top(&box, 2);
    box_cut_bottom(&box, 6);
    scroll_lanes(u, box, state);
    Area clip = draw_clip(u->gui.draw, (Box){box.x, box.y - 2, box.w, box.h + 4});
    for (int i = 0; i < u->view->takes.count; i++) draw_take(u, box, i, state->scroll);
    draw_unclip(u->gui.draw, clip);
}
