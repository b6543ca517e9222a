#include "ui/panels/panels.h"

#include "ui/drawing/text.h"
#include "ui/drawing/theme.h"
#include "ui/roll/surprise.h"
#include "ui/toolkit/field.h"
#include "ui/toolkit/widgets.h"

#include <math.h>
#include <stdio.h>

#define LONGEST 300.0 // seconds; one step beyond it means endless
#define STEP    5.0
#define LEAST   404.0 // the least height of everything but the switches
#define SWITCH  25.0  // the height of each switch

static bool is_writing(const View *v) {
    return v->generation.writing >= WRITING_READING;
}

static void ask_button(Ui *u, CommandId id, Box box, ButtonLook look) {
    if (ui_button(u, id, 1, box, look)) ui_ask(u, id);
}

static void bridge_words(char *ret, size_t size, const ViewBridge *b) {
    const char *what = b->ending ? "Ending" : "Bridging";
    if (b->left > 0)
        snprintf(ret, size, "%s, %.0f %%, %.0f s left", what, b->done * 100, b->left);
    else
        snprintf(ret, size, "%s, %.0f %%", what, b->done * 100);
}

// The model's state in words, with a dot that is coloured while it generates.
static void state(Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    static const char *const words[] = {
        "", "Ready", "Reading the prompt\u2026", "Writing", "Writing; the music waits",
        ""};
    const View *v = u->view;
    const ViewMessage *m = &v->notices.messages[CONCERN_MODEL];
    char text[96];
    g_strlcpy(text, words[v->generation.writing], sizeof text);
    if (v->generation.writing == WRITING_NO_MODEL)
        g_strlcpy(text, "No model", sizeof text);
    if (v->generation.writing == WRITING_AHEAD)
        snprintf(text, sizeof text, "Writing, %.1f s ahead", v->generation.pace.ahead);
    if (v->generation.writing == WRITING_IDLE && v->generation.duet == DUET_LISTENING)
        g_strlcpy(text, "Listening to you", sizeof text);
    if (v->generation.writing == WRITING_IDLE && v->generation.ghost)
        g_strlcpy(text,
                  v->generation.ghost == GHOST_OF_PIECE
                      ? "Enter goes on like this"
                      : "Shift+Enter goes on like this",
                  sizeof text);
    if (v->generation.writing == WRITING_AHEAD && v->generation.duet == DUET_ANSWERING)
        snprintf(text, sizeof text, "Answering, %.1f s ahead",
                 v->generation.pace.ahead);
    if (v->generation.writing == WRITING_BRIDGE)
        bridge_words(text, sizeof text, &v->generation.bridge);
    if (m->text) {
        draw_lines(u->gui.draw, (Face){THEME_SMALL + .5, false, false}, box,
                   m->wrong ? theme->wrong : theme->quiet, m->text);
        return;
    }
    bool lit = is_writing(v) || v->generation.duet == DUET_LISTENING ||
               v->generation.ghost;
    double y = box.y + 8;
    draw_round(u->gui.draw, (Box){box.x + 1, y - 3.5, 7, 7}, 3.5,
               lit ? theme->model : theme->faint);
    draw_text(u->gui.draw, (Face){THEME_BODY, false, true},
              (Box){box.x + 16, box.y, box.w - 16, 16}, ALIGN_LEFT, theme->quiet, text);
}

// The second button: the other action that suits the current state.
static void second(Ui *u, Box box) {
    const View *v = u->view;
    if (v->generation.bridge.others > 0) {
        Box left = box_cut_left(&box, (box.w - THEME_GAP) / 2);
        box_cut_left(&box, THEME_GAP);
        ask_button(u, COMMAND_KEEP_BRIDGE, left, (ButtonLook){.label = "Keep"});
        ask_button(u, COMMAND_REJECT_BRIDGE, box, (ButtonLook){.label = "Go back"});
    } else if (v->piece.selection.to > v->piece.selection.from) {
        ask_button(u, COMMAND_BRIDGE, box,
                   (ButtonLook){.label = "Bridge the selection"});
    } else {
        Box right = box_cut_right(&box, 44);
        box_cut_right(&box, THEME_GAP);
        ask_button(u, COMMAND_CAPTURE, box,
                   (ButtonLook){.label = "Continue my playing"});
        ask_button(u, COMMAND_ENDING, right, (ButtonLook){.label = "End"});
    }
}

static void begin(Ui *u, Box *box, double gap) {
    Box big = box_cut_top(box, 38);
    if (is_writing(u->view))
        ask_button(
            u, COMMAND_STOP, big,
            (ButtonLook){.label = "Stop writing", .icon = ICON_STOP, .on = true});
    else
        ask_button(
            u, COMMAND_CONTINUE, big,
            (ButtonLook){.label = "Continue", .icon = ICON_CONTINUE, .primary = true});
    box_cut_top(box, 6);
    second(u, box_cut_top(box, 28));
    box_cut_top(box, gap);
    state(u, box_cut_top(box, 32));
}

static void slide(Ui *u, Box box, CommandId id, double value, Range range) {
    char words[32];
    snprintf(words, sizeof words, "%.2f", value);
    if (widget_slider(&u->gui, ui_id(id, 0), box, command_info(id)->name, words, range,
                      &value))
        ui_send_number(u, id, value);
}

static void length(Ui *u, Box box) {
    const ViewSampling *s = &u->view->generation.sampling;
    double value = s->endless ? LONGEST + STEP : s->seconds;
    char words[32] = "endless";
    if (!s->endless && s->seconds < 60)
        snprintf(words, sizeof words, "%.0f s", s->seconds);
    else if (!s->endless)
        text_time(words, (int64_t)(s->seconds * 1e6), FALSE);
    if (!widget_slider(&u->gui, ui_id(COMMAND_LENGTH, 0), box, "Length", words,
                       (Range){STEP, LONGEST + STEP, STEP, 30}, &value))
        return;
    bool endless = value > LONGEST;
    if (endless != s->endless) ui_send_integer(u, COMMAND_ENDLESS, endless);
    if (!endless) ui_send_number(u, COMMAND_LENGTH, value);
}

static void takes(Ui *u, Box box) {
    static const char *const labels[] = {"1", "2", "3", "4", "6", "8"};
    static const int counts[] = {1, 2, 3, 4, 6, 8};
    int chosen = -1;
    for (int i = 0; i < (int)G_N_ELEMENTS(counts); i++)
        if (counts[i] == u->view->generation.sampling.takes) chosen = i;
    Box label = box_cut_left(&box, 62);
    widget_label(&u->gui, label, ALIGN_LEFT, u->gui.theme->quiet, "Takes");
    int picked = widget_segments(&u->gui, ui_id(COMMAND_TAKES, 0), box, labels,
                                 G_N_ELEMENTS(labels), chosen);
    if (picked >= 0) ui_send_integer(u, COMMAND_TAKES, counts[picked]);
}

static void seed(Ui *u, Box box, SeedField *field) {
    const ViewSampling *s = &u->view->generation.sampling;
    widget_label(&u->gui, box_cut_left(&box, 62), ALIGN_LEFT, u->gui.theme->quiet,
                 "Seed");
    Box keep = box_cut_right(&box, 52);
    box_cut_right(&box, 6);
    if (u->gui.focus != ui_id(COMMAND_SEED, 0))
        g_string_printf(field->text, "%lld", (long long)s->seed);
    if (field_frame(&u->gui, ui_id(COMMAND_SEED, 0), box, field->text, "")) {
        ui_send_integer(u, COMMAND_SEED, g_ascii_strtoll(field->text->str, NULL, 10));
        gui_focus(&u->gui, 0);
    }
    if (ui_button(u, COMMAND_KEEP_SEED, 0, keep,
                  (ButtonLook){.label = "Keep", .on = s->seed_kept}))
        ui_send_integer(u, COMMAND_KEEP_SEED, !s->seed_kept);
}

static void line(Ui *u, Box *box, double gap) {
    box_cut_top(box, gap);
    Box at = box_cut_top(box, gap);
    draw_box(u->gui.draw, (Box){at.x, at.y, at.w, draw_pixel(u->gui.draw)},
             u->gui.theme->line);
}

// Shows as many of the switches as fit. All of them also have keys.
static void switches(Ui *u, Box *box, const Roll *roll, const Typing *typing,
                     double row) {
    const View *v = u->view;
    const struct {
        CommandId id;
        const char *label;
        bool on, there;
    } all[] = {{COMMAND_DUET, "Duet", v->generation.duet != DUET_OFF, true},
               {COMMAND_TYPING, "Computer keys", typing->on, true},
               {COMMAND_CLICK, "Click", v->playback.click, v->playback.bars},
               {COMMAND_FOLLOW, "Follow", roll->follow, true},
               {COMMAND_LENS, "Attention lens", roll->lens, true},
               {COMMAND_GHOST, "Ghost notes", v->generation.ghosts, true},
               {COMMAND_SURPRISE, surprise_name(roll->surprise), roll->surprise, true},
               {COMMAND_MEMORY, "From memory", roll->memory, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(all) && box->h >= row; i++)
        if (all[i].there &&
            ui_switch(u, all[i].id, box_cut_top(box, row), all[i].label, all[i].on))
            ui_ask(u, all[i].id);
}

bool panel_generation(Ui *u, Box box, const Roll *roll, const Typing *typing,
                      SeedField *field) {
    const Theme *theme = u->gui.theme;
    const View *v = u->view;
    const ViewSampling *s = &v->generation.sampling;
    draw_box(u->gui.draw, box, theme->panel);
    draw_box(u->gui.draw, (Box){box.x, box.y, draw_pixel(u->gui.draw), box.h},
             theme->line);
    int rows = (int)CLAMP((box.h - LEAST) / SWITCH, 0, v->playback.bars ? 8 : 7);
    // 0-1: how much free space there is between the controls.
    double air = CLAMP((box.h - LEAST - rows * SWITCH) / 120, 0, 1);
    double slider = 33 + 9 * air, gap = 6 + 6 * air;
    box = (Box){box.x + THEME_MARGIN, box.y + 10 + 4 * air, box.w - 2 * THEME_MARGIN,
                box.h - 10 - 4 * air};
    begin(u, &box, gap);
    line(u, &box, 3 + 5 * air);
    takes(u, box_cut_top(&box, 26));
    box_cut_top(&box, 5 + 5 * air);
    panel_dial(u, box_cut_top(&box, slider), STEER_TEMPERATURE);
    Box right = box_cut_top(&box, slider), left = panel_left_half(&right);
    panel_dial(u, left, STEER_FREEDOM);
    slide(u, right, COMMAND_TOP_P, s->top_p, (Range){.05, 1, .01, 1});
    right = box_cut_top(&box, slider), left = panel_left_half(&right);
    length(u, left);
    slide(u, right, COMMAND_MIN_P, s->min_p, (Range){0, .5, .01, .02});
    panel_dials(u, box_cut_top(&box, PANEL_DIALS_ROWS * slider), slider);
    box_cut_top(&box, 3 + 5 * air);
    seed(u, box_cut_top(&box, 26), field);
    line(u, &box, gap);
    switches(u, &box, roll, typing, SWITCH + 5 * air);
    bool legend = box.h >= SURPRISE_LEGEND;
    if (roll->surprise && legend)
        surprise_legend(u, box_cut_top(&box, SURPRISE_LEGEND), roll->surprise);
    return legend;
}
