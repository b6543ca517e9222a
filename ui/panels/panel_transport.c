#include "ui/panels/panels.h"

#include "ui/drawing/text.h"
#include "ui/drawing/theme.h"
#include "ui/toolkit/widgets.h"

#include <stdio.h>

static void ask_button(Ui *u, CommandId id, Box box, ButtonLook look) {
    if (ui_button(u, id, 0, box, look)) ui_ask(u, id);
}

// The piece's name, and below it its length and number of takes.
static void title(Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    const View *v = u->view;
    char words[64] = "No piece yet", end[24];
    text_time(end, v->piece.end, FALSE);
    if (v->piece.end > 0 && v->takes.count)
        snprintf(words, sizeof words, "%s, %d take%s", end, v->takes.count,
                 v->takes.count == 1 ? "" : "s");
    else if (v->piece.end > 0)
        snprintf(words, sizeof words, "%s", end);
    Box name = {box.x, box.y + 9, box.w, 20}, below = {box.x, box.y + 30, box.w, 16};
    draw_text(u->gui.draw, (Face){THEME_TITLE - 1, true, false}, name, ALIGN_LEFT,
              theme->text, v->piece.title ? v->piece.title : "Untitled");
    draw_text(u->gui.draw, (Face){THEME_SMALL + .5, false, false}, below, ALIGN_LEFT,
              theme->quiet, words);
}

static void playing(Ui *u, Box *box) {
    static const struct {
        CommandId id;
        Icon icon;
        double width;
    } buttons[] = {
        {COMMAND_START, ICON_START, 34}, {COMMAND_PLAY, ICON_PLAY, 44},
        {COMMAND_STOP, ICON_STOP, 34},   {COMMAND_END, ICON_END, 34},
        {COMMAND_LOOP, ICON_LOOP, 34},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(buttons); i++) {
        CommandId id = buttons[i].id;
        ButtonLook look = {.icon = buttons[i].icon, .flat = id != COMMAND_PLAY};
        if (id == COMMAND_PLAY && u->view->playback.playing) look.icon = ICON_PAUSE;
        if (id == COMMAND_LOOP) look.on = u->view->playback.loop;
        Box one = box_cut_left(box, buttons[i].width);
        ask_button(u, id, (Box){one.x, one.y + (one.h - 34) / 2, one.w, 34}, look);
        box_cut_left(box, 4);
    }
}

static void position(Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    char now[24], end[24];
    text_time(now, u->view->playback.position, TRUE);
    text_time(end, u->view->piece.end, FALSE);
    Box left = {box.x, box.y, box.w * .6, box.h};
    Box right = {box.x + box.w * .6 + 8, box.y + 3, box.w * .4 - 8, box.h};
    draw_text(u->gui.draw, (Face){THEME_CLOCK, false, true}, left, ALIGN_RIGHT,
              theme->text, now);
    draw_text(u->gui.draw, (Face){THEME_BODY, false, true}, right, ALIGN_LEFT,
              theme->quiet, end);
}

static void speed(Ui *u, Box box) {
    double v = u->view->playback.speed > 0 ? u->view->playback.speed : 1;
    char words[16];
    snprintf(words, sizeof words, "%.2f\u00d7", v);
    if (widget_stepper(&u->gui, ui_id(COMMAND_SPEED, 0), box, words,
                       (Range){.25, 2, .05, 1}, &v))
        ui_send_number(u, COMMAND_SPEED, v);
}

static void volume(Ui *u, Box box) {
    ui_share(u, COMMAND_VOLUME, box, u->view->sound.volume, false, .7);
}

// Controls that do not fit are left out; they can be reached by keys or overlays.
// Controls are called from left to right, which is the order of Tab.
void panel_transport(Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    static const struct {
        CommandId id;
        ButtonLook look;
        double width, after;
    } right[] = {
        {COMMAND_HELP, {.label = "?", .flat = true}, 32, 0},
        {COMMAND_SETTINGS, {.label = "Sound", .flat = true}, 62, 2},
        {COMMAND_EXPORT_MIDI, {.label = "Export", .flat = true}, 62, 2},
        {COMMAND_OPEN, {.label = "Open", .flat = true}, 56, 2},
        {COMMAND_REDO, {.icon = ICON_REDO, .flat = true}, 32, 12},
        {COMMAND_UNDO, {.icon = ICON_UNDO, .flat = true}, 32, 2},
    };
    draw_box(u->gui.draw, box, theme->panel);
    draw_box(u->gui.draw,
             (Box){box.x, box.y + box.h - draw_pixel(u->gui.draw), box.w,
                   draw_pixel(u->gui.draw)},
             theme->line);
    box.x += THEME_MARGIN, box.w -= 2 * THEME_MARGIN - 6;
    Box row = {box.x, box.y + (box.h - 32) / 2, box.w, 32};
    Box buttons[G_N_ELEMENTS(right)], loud = {0};
    for (size_t i = 0; i < G_N_ELEMENTS(right); i++) {
        box_cut_right(&row, right[i].after);
        buttons[i] = box_cut_right(&row, right[i].width);
    }
    if (box.w > 1080) {
        box_cut_right(&row, 20);
        loud = box_cut_right(&row, 124);
    }
    double middle = 34 * 4 + 44 + 20 + 150, room = row.w - middle - 30;
    bool speeds = room > 92 + 14 + 140;
    if (speeds) room -= 92 + 14;
    double name = CLAMP(room, 60, 320);
    title(u, (Box){box.x, box.y, name, box.h});
    box_cut_left(&row, name + 20);
    playing(u, &row);
    position(u, box_cut_left(&row, MIN(150, row.w)));
    box_cut_left(&row, 14);
    if (speeds) speed(u, (Box){row.x, row.y + 2, 92, 28});
    if (loud.w > 0) volume(u, loud);
    for (size_t i = G_N_ELEMENTS(right); i-- > 0;)
        ask_button(u, right[i].id, buttons[i], right[i].look);
    if (u->view->takes.undo)
        gui_explain(&u->gui, ui_id(COMMAND_UNDO, 0), u->view->takes.undo);
    if (u->view->takes.redo)
        gui_explain(&u->gui, ui_id(COMMAND_REDO, 0), u->view->takes.redo);
}
