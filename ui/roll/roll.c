#include "ui/roll/roll.h"

#include "midi/bars.h"
#include "ui/drawing/text.h"
#include "ui/drawing/theme.h"
#include "ui/roll/roll_notes.h"
#include "ui/roll/roll_passages.h"

#include <math.h>

#define RULER 24.0
#define BARS  16.0 // height of the bars' part of the ruler, above the time
#define PEDAL 18.0
#define CLICK 4.0 // points that the mouse may move during a click
// Distance in points within which a bar line attracts the end of a span.
#define SNAP               8.0

#define BAR_CLOSEST        4.0  // least points between bar lines on the ruler,
#define BAR_LINE_CLOSEST   14.0 // between those through the notes, and between numbers
#define BAR_NUMBER_CLOSEST 44.0

static const Face small = {THEME_SMALL, false, false};

// Shows whole octaves around the notes, at least four. The range only grows while the
// piece stays the same, so that the picture does not jump.
static void fit_pitches(Roll *r, const View *v, bool anew) {
    int low = 48, high = 84;
    for (int p = 0; p < v->piece.part_count; p++) {
        const ViewPart *part = &v->piece.parts[p];
        size_t end = roll_first_note(part->music, part->span.to);
        for (size_t i = roll_first_note(part->music, part->span.from); i < end; i++) {
            low = MIN(low, part->music->notes[i].pitch);
            high = MAX(high, part->music->notes[i].pitch);
        }
    }
    low = MAX((low - 1) / 12 * 12, 0), high = MIN((high + 1) / 12 * 12 + 11, 127);
    if (!anew) low = MIN(low, r->low), high = MAX(high, r->high);
    r->low = low, r->high = high;
}

static bool is_black(int pitch) { return 0x54A >> pitch % 12 & 1; }

static void draw_rows(const Roll *r, Draw *d, Box box) {
    const Theme *theme = draw_theme(d);
    double row = box.h / (r->high - r->low + 1);
    for (int pitch = r->low; pitch <= r->high; pitch++) {
        double y = box.y + (r->high - pitch) * row;
        if (is_black(pitch)) draw_box(d, (Box){box.x, y, box.w, row}, theme->back_dark);
        if (pitch % 12 == 0)
            draw_box(d, (Box){box.x, y + row - draw_pixel(d), box.w, draw_pixel(d)},
                     theme->line);
    }
}

static void draw_octaves(const Roll *r, Draw *d, Box box) {
    double row = box.h / (r->high - r->low + 1);
    for (int pitch = r->low; pitch <= r->high; pitch += 12) {
        char name[8];
        g_snprintf(name, sizeof name, "C%d", pitch / 12 - 1);
        double y = box.y + (r->high - pitch) * row + row / 2;
        draw_text(d, (Face){10, false, false}, (Box){box.x + 5, y - 7, 30, 14},
                  ALIGN_LEFT, draw_theme(d)->faint, name);
    }
}

static void draw_time(const Roll *r, Draw *d, bool lines, Box ruler, Box box) {
    const Theme *theme = draw_theme(d);
    int64_t mark, number;
    timeline_marks(&r->timeline, &mark, &number);
    int64_t from = MAX(timeline_time(&r->timeline, box.x), 0) / mark * mark;
    int64_t to = timeline_time(&r->timeline, box.x + box.w);
    for (int64_t t = from; t < to; t += mark) {
        double x = timeline_x(&r->timeline, (double)t);
        bool numbered = t % number == 0;
        if (numbered) {
            char text[24];
            text_time(text, t, number < 1000000);
            bool fits = x + 5 + draw_text_width(d, small, text) < box.x + box.w;
            draw_text(d, small, (Box){x + 5, ruler.y, 70, ruler.h - 2}, ALIGN_LEFT,
                      fits ? theme->faint : 0, text);
            if (lines) draw_box(d, (Box){x, box.y, draw_pixel(d), box.h}, theme->grid);
        }
        double h = numbered ? 10 : 4;
        draw_box(d, (Box){x, ruler.y + ruler.h - h, draw_pixel(d), h}, theme->line);
    }
}

// Returns the tempo map that holds the piece's bars, or NULL if it has none.
static const TempoMap *bars_of(const View *v) {
    const TempoMap *m = v->piece.part_count ? v->piece.parts[0].music->tempo : NULL;
    return bars_exist(m) ? m : NULL;
}

// Numbers every bar, or every second, fourth, eighth ..., depending on the room.
static void draw_bars(const Roll *r, Draw *d, const TempoMap *m, Box bars, Box box) {
    const Theme *theme = draw_theme(d);
    int64_t from = CLAMP(timeline_time(&r->timeline, box.x), 0, TEMPO_MAP_LATEST);
    int64_t end = MIN(timeline_time(&r->timeline, box.x + box.w), TEMPO_MAP_LATEST);
    Bar bar = bars_at(m, from);
    double width = (double)(bar.to - bar.from) / (double)(end - from) * box.w;
    int64_t every = 1;
    if (width < BAR_CLOSEST) return;
    while (width * (double)every < BAR_NUMBER_CLOSEST) every *= 2;
    for (; bar.from < end && bar.to > bar.from; bar = bars_at(m, bar.to)) {
        double x = timeline_x(&r->timeline, (double)bar.from);
        bool numbered = (bar.number - 1) % every == 0;
        double h = numbered ? bars.h : 4;
        draw_box(d, (Box){x, bars.y + bars.h - h, draw_pixel(d), h}, theme->line);
        if (numbered || width >= BAR_LINE_CLOSEST)
            draw_box(d, (Box){x, box.y, draw_pixel(d), box.h},
                     numbered ? theme->line : theme->grid);
        if (!numbered) continue;
        char text[24];
        g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, bar.number);
        draw_text(d, small, (Box){x + 5, bars.y, 60, bars.h}, ALIGN_LEFT, theme->quiet,
                  text);
    }
}

static Box across(const Roll *r, Box box, Span span) {
    double x = timeline_x(&r->timeline, (double)span.from);
    return (Box){x, box.y, timeline_x(&r->timeline, (double)span.to) - x, box.h};
}

static void zone(const Roll *r, Draw *d, Box box, Box ruler, Span span, Color shade,
                 const char *name) {
    Box b = across(r, box, span);
    double left = MAX(b.x, box.x), right = MIN(b.x + b.w, box.x + box.w);
    if (right <= left) return;
    draw_box(d, (Box){left, box.y, right - left, box.h}, shade);
    double w = draw_text_width(d, small, name) + 12;
    if (right - left < w + 8) return;
    draw_text(d, small, (Box){right - w, box.y + 4, w - 6, 14}, ALIGN_RIGHT,
              draw_theme(d)->faint, name);
}

static void draw_horizon(const Roll *r, Draw *d, const View *v, Box box, Box ruler) {
    const Theme *theme = draw_theme(d);
    const ViewHorizon *h = &v->lens.horizon;
    if (!h->shown) return;
    zone(r, d, box, ruler, (Span){0, h->attended}, theme->veil, "outside the context");
    zone(r, d, box, ruler, (Span){MAX(h->attended, 0), h->latents},
         color_fade(theme->veil, .47), "context before the latents");
    const int64_t lines[] = {h->attended, h->latents};
    for (int i = 0; i < 2; i++) {
        double x = timeline_x(&r->timeline, (double)lines[i]);
        if (lines[i] > 0)
            for (double y = box.y; y < box.y + box.h; y += 7) // dashed
                draw_box(d, (Box){x, y, draw_pixel(d), 3}, theme->mark);
    }
}

static void draw_selection(const Roll *r, Draw *d, const View *v, Box box) {
    const Theme *theme = draw_theme(d);
    Span s = r->drag == DRAG_SELECT ? r->dragged : v->piece.selection;
    if (s.to <= s.from) return;
    Box b = across(r, box, s);
    draw_box(d, b, color_fade(theme->prompt, .08));
    draw_box(d, (Box){b.x, b.y, 1.5, b.h}, color_fade(theme->prompt, .6));
    draw_box(d, (Box){b.x + b.w - 1.5, b.y, 1.5, b.h}, color_fade(theme->prompt, .6));
    double w = draw_text_width(d, small, "prompt") + 12;
    if (b.w > w + 4) {
        Box label = {MAX(b.x, box.x) + 4, b.y + b.h - 20, w, 16};
        draw_round(d, label, 4, color_fade(theme->prompt, .2));
        draw_text(d, small, label, ALIGN_CENTER, theme->prompt, "prompt");
    }
}

static void draw_loop(const Roll *r, Draw *d, const View *v, Box ruler, Box box) {
    const Theme *theme = draw_theme(d);
    Span s = r->drag == DRAG_LOOP ? r->dragged : v->playback.loop_span;
    if (s.to <= s.from) return;
    Box b = across(r, ruler, s);
    bool on = v->playback.loop || r->drag == DRAG_LOOP;
    draw_box(d, (Box){b.x, b.y, b.w, b.h}, color_fade(theme->text, on ? .19 : .08));
    draw_box(d, (Box){b.x, b.y + b.h - 3, b.w, 3}, on ? theme->ink : theme->faint);
    if (!on) return;
    draw_box(d, (Box){b.x, box.y, draw_pixel(d), box.h}, color_fade(theme->text, .31));
    draw_box(d, (Box){b.x + b.w, box.y, draw_pixel(d), box.h},
             color_fade(theme->text, .31));
}

static void draw_continue(const Roll *r, Draw *d, const View *v, Box ruler, Box box) {
    const Theme *theme = draw_theme(d);
    if (v->piece.continue_at < 0 || v->generation.writing == WRITING_NO_MODEL) return;
    double x = timeline_x(&r->timeline, (double)v->piece.continue_at);
    double y = ruler.y + ruler.h;
    for (double at = box.y; at < box.y + box.h; at += 6)
        draw_box(d, (Box){x - .5, at, 1, 3}, color_fade(theme->model, .45));
    Point flag[3] = {{x - .5, y - 13}, {x + 9, y - 7}, {x - .5, y - 1}};
    draw_convex(d, flag, 3, theme->model);
}

static void draw_playhead(const Roll *r, Draw *d, const View *v, Box ruler, Box box) {
    const Theme *theme = draw_theme(d);
    double x = round(timeline_x(&r->timeline, (double)v->playback.position) *
                     draw_scale(d)) /
               draw_scale(d);
    draw_box(d, (Box){x - .75, ruler.y + ruler.h - 6, 1.5, box.h + 6}, theme->text);
    Point head[3] = {{x - 5.5, ruler.y + ruler.h - 9},
                     {x + 5.5, ruler.y + ruler.h - 9},
                     {x, ruler.y + ruler.h - 1}};
    draw_convex(d, head, 3, theme->text);
}

static void draw_empty(Draw *d, const View *v, Box box) {
    const Theme *theme = draw_theme(d);
    static const char *const lines[] = {
        "Drop a MIDI file here, or press Ctrl+O to choose one.",
        "Or just play: on a MIDI keyboard, on the keys below, or press K and use the "
        "computer's keys.",
    };
    double y = box.y + box.h / 2 - 52;
    draw_text(d, (Face){20, true, false}, (Box){box.x + 20, y, box.w - 40, 28},
              ALIGN_CENTER, theme->text, "Nothing here yet");
    y += 42;
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++, y += 22)
        draw_text(d, (Face){THEME_BODY + 1, false, false},
                  (Box){box.x + 20, y, box.w - 40, 20}, ALIGN_CENTER, theme->quiet,
                  lines[i]);
    if (v->generation.writing == WRITING_NO_MODEL) return;
    draw_text(d, (Face){THEME_BODY + 1, false, false},
              (Box){box.x + 20, y, box.w - 40, 20}, ALIGN_CENTER, theme->quiet,
              "Enter lets the model begin a piece of its own.");
}

static Span ordered(int64_t a, int64_t b) {
    return a < b ? (Span){MAX(a, 0), MAX(b, 0)} : (Span){MAX(b, 0), MAX(a, 0)};
}

// Moves the end of a span to a nearby bar line, unless Ctrl is held.
static int64_t snap(const Roll *r, const Ui *u, int64_t time) {
    const TempoMap *m = bars_of(u->view);
    if (!m || time < 0 || time > TEMPO_MAP_LATEST || u->gui.input->modifiers & KEY_CTRL)
        return time;
    int64_t line = bars_nearest(m, time);
    double off = timeline_x(&r->timeline, (double)line) -
                 timeline_x(&r->timeline, (double)time);
    return fabs(off) <= SNAP ? line : time;
}

static void begin_drag(Roll *r, const Ui *u, RollDrag drag) {
    r->drag = drag;
    r->drag_x = u->gui.input->x;
    r->drag_from = timeline_time(&r->timeline, u->gui.input->x);
    r->dragged = (Span){0, 0};
}

static void end_drag(Roll *r, Ui *u, RollDrag drag) {
    bool moved = fabs(u->gui.input->x - r->drag_x) > CLICK;
    if (drag == DRAG_SEEK)
        ui_send_integer(u, COMMAND_SEEK, MAX(r->drag_from, 0));
    else if (drag == DRAG_SELECT)
        ui_send_span(u, COMMAND_SELECT, r->dragged.from, r->dragged.to);
    else if (drag == DRAG_LOOP && moved)
        ui_send_span(u, COMMAND_LOOP_SPAN, r->dragged.from, r->dragged.to);
    else if (drag == DRAG_LOOP)
        ui_send_integer(u, COMMAND_SEEK, MAX(r->drag_from, 0));
}

static void drag(Roll *r, Ui *u, GuiState on_ruler, GuiState on_notes) {
    const Input *in = u->gui.input;
    if (on_notes.begun) begin_drag(r, u, DRAG_SEEK);
    if (on_ruler.begun) begin_drag(r, u, DRAG_LOOP);
    if (on_notes.hover && in->pressed == MOUSE_MIDDLE) begin_drag(r, u, DRAG_SCROLL);
    if (on_notes.hover && in->pressed == MOUSE_RIGHT)
        ui_send_integer(
            u, COMMAND_MARK,
            CLAMP(timeline_time(&r->timeline, in->x), 0, u->view->piece.end));
    if (r->drag == DRAG_NONE) return;
    int64_t time = timeline_time(&r->timeline, in->x);
    if (r->drag == DRAG_SEEK && fabs(in->x - r->drag_x) > CLICK) r->drag = DRAG_SELECT;
    if (r->drag == DRAG_SCROLL) {
        timeline_scroll(&r->timeline, r->drag_x - in->x);
        r->drag_x = in->x;
    }
    r->dragged = ordered(snap(r, u, r->drag_from), snap(r, u, time));
    if (on_notes.ended || on_ruler.ended || !in->held) {
        RollDrag ended = r->drag;
        r->drag = DRAG_NONE;
        if (!in->focus_lost) end_drag(r, u, ended);
    }
}

static void turn_wheel(Roll *r, Ui *u, GuiState s) {
    const Input *in = u->gui.input;
    if (!s.hover || u->gui.wheel_taken) return;
    double sideways = in->wheel_x;
    if (in->modifiers & KEY_SHIFT)
        sideways -= in->wheel_y;
    else if (in->wheel_y != 0)
        timeline_zoom(&r->timeline, in->x, pow(1.2, in->wheel_y));
    if (sideways == 0) return;
    timeline_scroll(&r->timeline, sideways * 60);
    if (u->view->playback.playing) r->follow = false;
}

static void show_document(Roll *r, const View *v) {
    bool anew = r->document != v->piece.document || r->high == 0;
    fit_pitches(r, v, anew);
    if (!anew) return;
    r->document = v->piece.document;
    int64_t shown = v->piece.end > 90000000 ? 40000000 : MAX(v->piece.end, 20000000);
    timeline_show(&r->timeline, 0, shown);
}

void roll_frame(Roll *r, Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    const View *v = u->view;
    const TempoMap *tempo = bars_of(v);
    Box bars = box_cut_top(&box, tempo ? BARS : 0);
    Box ruler = box_cut_top(&box, RULER), whole = box;
    Box both = {bars.x, bars.y, bars.w, bars.h + ruler.h};
    Box pedal = box_cut_bottom(&box, PEDAL);
    r->notes = box;
    r->timeline.left = box.x, r->timeline.width = box.w;
    show_document(r, v);

    GuiState on_ruler = gui_control(&u->gui, ui_id(COMMAND_LOOP_SPAN, 0), both,
                                    GUI_SURFACE);
    GuiState on_notes = gui_control(&u->gui, ui_id(COMMAND_SELECT, 0), whole,
                                    GUI_SURFACE);
    turn_wheel(r, u, on_notes);
    turn_wheel(r, u, on_ruler);
    drag(r, u, on_ruler, on_notes);
    if (r->follow && v->playback.playing && r->drag == DRAG_NONE)
        timeline_follow(&r->timeline, v->playback.position);
    timeline_keep(&r->timeline, v->piece.end);

    Draw *d = u->gui.draw;
    draw_box(d, both, theme->panel);
    draw_box(d, whole, theme->back);
    Area clip = draw_clip(d, (Box){both.x, both.y, both.w, both.h + whole.h});
    draw_rows(r, d, box);
    draw_time(r, d, !tempo, ruler, box);
    if (tempo) draw_bars(r, d, tempo, bars, box);
    draw_horizon(r, d, v, box, ruler);
    draw_loop(r, d, v, ruler, whole);
    Area notes = draw_clip(d, box);
    roll_notes_draw(r, d, v, box);
    roll_passages_draw(r, d, v, box);
    draw_unclip(d, notes);
    draw_box(d, (Box){pedal.x, pedal.y, pedal.w, draw_pixel(d)}, theme->line);
    roll_notes_draw_pedal(r, d, v, (Box){pedal.x, pedal.y + 4, pedal.w, pedal.h - 5});
    draw_selection(r, d, v, box);
    draw_octaves(r, d, box);
    if (v->piece.end == 0 && v->piece.part_count == 0) {
        draw_empty(d, v, box);
    } else {
        draw_continue(r, d, v, ruler, whole);
        draw_playhead(r, d, v, ruler, whole);
    }
    draw_unclip(d, clip);
}
