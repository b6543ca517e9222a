#include "ui/panels/panels.h"

#include <SDL.h>
#include <math.h>
#include <stdio.h>

#define BETWEEN 14.0 // gap between the two dials of a row

// As they stand in the column, two in a row; the last two are elsewhere in it.
static const Steer order[STEERS] = {STEER_DENSITY,     STEER_REGISTER,  STEER_LOUDNESS,
                                    STEER_SPREAD,      STEER_CLOSENESS, STEER_PEDAL,
                                    STEER_TEMPERATURE, STEER_FREEDOM};

static void say(char ret[16], Steer steer, double said) {
    const char *sign = said > 0 ? "+" : said < 0 ? "\u2212" : "";
    switch (steer) {
    case STEER_DENSITY: snprintf(ret, 16, "\u00D7%.2g", said); break;
    case STEER_CLOSENESS:
    case STEER_TEMPERATURE:
    case STEER_FREEDOM: snprintf(ret, 16, "%.2f", said); break;
    case STEER_PEDAL: snprintf(ret, 16, "%s%.0f %%", sign, fabs(said)); break;
    default: snprintf(ret, 16, "%s%.0f", sign, fabs(said)); break;
    }
}

void panel_dial(Ui *u, Box box, Steer steer) {
    const ViewSteer *s = &u->view->generation.steer[steer];
    CommandId id = COMMAND_DENSITY + (CommandId)steer;
    double at = s->lacks ? 0 : s->at;
    char said[16] = "\u2013", mark[16] = "CC ?";
    if (!s->lacks) say(said, steer, s->said);
    if (!s->learns) snprintf(mark, sizeof mark, "CC %d", s->controller);
    DialLook look = {.label = command_info(id)->name,
                     .words = said,
                     .mark = s->learns || s->channel ? mark : NULL,
                     .step = s->step,
                     .dead = s->lacks,
                     .waits = s->learns};
    DialChange change = widget_dial(&u->gui, ui_id(id, 0), box, look, &at);
    if (change == DIAL_MOVED) ui_send_number(u, id, at);
    if (change == DIAL_ASKED)
        ui_send_integer(u, COMMAND_LEARN, s->learns ? -1 : (int)steer);
    if (s->lacks) gui_explain(&u->gui, ui_id(id, 0), s->lacks);
}

// The longest name stands on the left.
Box panel_left_half(Box *row) {
    Box left = box_cut_left(row, row->w * .54 - BETWEEN / 2.);
    box_cut_left(row, BETWEEN);
    return left;
}

void panel_dials(Ui *u, Box box, double row) {
    for (int i = 0; i < PANEL_DIALS_ROWS; i++) {
        Box right = box_cut_top(&box, row), left = panel_left_half(&right);
        panel_dial(u, left, order[2 * i]);
        panel_dial(u, right, order[2 * i + 1]);
    }
}

int panel_dials_meant(const Ui *u) {
    int dial = (int)ui_command(gui_meant(&u->gui)) - (int)COMMAND_DENSITY;
    if (dial < 0 || dial >= STEERS) return -1;
    const ViewSteer *s = &u->view->generation.steer[dial];
    return s->lacks || s->learns ? -1 : dial;
}

static GuiId id_of(Steer dial) { return ui_id(COMMAND_DENSITY + (CommandId)dial, 0); }

GuiId panel_dials_next(const Ui *u) {
    int at = STEERS - 1;
    for (int i = 0; i < STEERS; i++)
        if (u->gui.focus == id_of(order[i])) at = i;
    for (int i = 1; i <= STEERS; i++) {
        Steer next = order[(at + i) % STEERS];
        if (!u->view->generation.steer[next].lacks) return id_of(next);
    }
    return 0;
}

bool panel_dials_key(Ui *u, const KeyEvent *key) {
    int dial = 0;
    while (dial < STEERS && !u->view->generation.steer[dial].learns) dial++;
    if (dial == STEERS || key->modifiers) return false;
    if (key->code == SDLK_ESCAPE)
        ui_send_integer(u, COMMAND_LEARN, -1);
    else if (key->code == SDLK_DELETE || key->code == SDLK_BACKSPACE)
        ui_send_integer(u, COMMAND_UNLEARN, dial);
    else
        return false;
    return true;
}
