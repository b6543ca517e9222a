#include "ui/cards/help.h"

#include "ui/cards/card.h"
#include "ui/drawing/theme.h"

#define COLUMNS 3

// The groups of each column, from top to bottom.
static const char *const columns[COLUMNS][3] = {
    {"Play", "Piano", NULL}, {"Takes", "Continue", NULL}, {"Files", "Look", NULL}};

static bool row(Ui *u, Box box, CommandId id) {
    const Theme *theme = u->gui.theme;
    bool dead = !command_possible(id, u->view);
    GuiState s = gui_control(&u->gui, ui_id(id, 2), box, dead ? GUI_DEAD : 0);
    // The row already shows what the tooltip would.
    u->gui.tip.shown = s.hover ? 0 : u->gui.tip.shown;
    if (s.hover && !dead) draw_round(u->gui.draw, box, 4, theme->hover);
    if (s.focused) draw_ring(u->gui.draw, box, 4, 1.5, theme->focus);
    Box in = {box.x + 6, box.y, box.w - 12, box.h};
    const char *keys = command_keys(id, 0);
    Face face = {THEME_SMALL + 1, false, false};
    double w = draw_text_width(u->gui.draw, face, keys);
    draw_text(u->gui.draw, face, box_cut_right(&in, w + 1), ALIGN_RIGHT,
              dead ? theme->dead : theme->text, keys);
    box_cut_right(&in, 8);
    draw_text(u->gui.draw, face, in, ALIGN_LEFT, dead ? theme->dead : theme->quiet,
              command_info(id)->name);
    return s.clicked;
}

static int count_rows(void) {
    int most = 0;
    for (int c = 0; c < COLUMNS; c++) {
        int rows = 0;
        for (int k = 0; k < 3 && columns[c][k]; k++) {
            rows += k ? 2 : 1;
            for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++)
                rows += g_strcmp0(command_info(id)->group, columns[c][k]) == 0;
        }
        most = MAX(most, rows);
    }
    return most;
}

bool help_frame(Ui *u) {
    bool close;
    int rows = count_rows();
    double wanted = rows * 24 + 78;
    Box in = card_frame(u, 860, wanted, "All shortcuts", "Esc closes", &close);
    double high = in.h / rows, gap = 28, wide = (in.w - gap * (COLUMNS - 1)) / COLUMNS;
    for (int c = 0; c < COLUMNS; c++) {
        Box at = {in.x + c * (wide + gap), in.y, wide, high};
        for (int k = 0; k < 3 && columns[c][k]; k++) {
            if (k) at.y += high;
            draw_text(u->gui.draw, (Face){THEME_SMALL + .5, true, false},
                      (Box){at.x + 6, at.y, at.w, at.h}, ALIGN_LEFT, u->gui.theme->text,
                      columns[c][k]);
            at.y += high;
            for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++) {
                if (g_strcmp0(command_info(id)->group, columns[c][k]) != 0) continue;
                if (row(u, (Box){at.x, at.y + 1, at.w, at.h - 2}, id)) {
                    ui_ask(u, id);
                    close = true;
                }
                at.y += high;
            }
        }
    }
    return close;
}
