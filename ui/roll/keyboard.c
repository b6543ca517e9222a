#include "ui/roll/keyboard.h"

#include "ui/drawing/theme.h"
#include "ui/typing.h"

#include <math.h>

#define WHITES      52
#define BLACK_WIDTH 0.58 // of a white key's width
#define BLACK_DEEP  0.62

static bool is_black(int pitch) { return 0x54A >> pitch % 12 & 1; }

// Returns the number of white keys from A0 up to, but not including, this key.
static int whites_below(int pitch) {
    static const int in_octave[12] = {0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6};
    return pitch / 12 * 7 + in_octave[pitch % 12] - (21 / 12 * 7 + in_octave[21 % 12]);
}

Box keyboard_key(Box box, int pitch) {
    double white = box.w / WHITES, x = box.x + whites_below(pitch) * white;
    if (!is_black(pitch)) return (Box){x, box.y, white, box.h};
    // The outer black keys of each group are shifted outward.
    static const double lean[12] = {0, -.1, 0, .1, 0, 0, -.13, 0, 0, 0, .13, 0};
    double w = white * BLACK_WIDTH;
    return (Box){x - w / 2 + lean[pitch % 12] * white, box.y, w, box.h * BLACK_DEEP};
}

int keyboard_at(Box box, double x, double y) {
    if (!box_has(box, x, y)) return 0;
    for (int black = 1; black >= 0; black--)
        for (int p = KEYBOARD_LOW; p <= KEYBOARD_HIGH; p++)
            if (is_black(p) == black && box_has(keyboard_key(box, p), x, y)) return p;
    return 0;
}

static void let_go(Keyboard *k, Ui *u) {
    if (k->pitch) ui_send(u, (Command){.id = COMMAND_NOTE_OFF, .note = {k->pitch, 0}});
    k->pitch = 0;
}

void keyboard_release(Keyboard *k, Ui *u) {
    let_go(k, u);
    k->spent = true;
}

static int velocity(Box key, double y) {
    return (int)CLAMP(30 + (y - key.y) / key.h * 85, 1, 127);
}

static void play(Keyboard *k, Ui *u, Box box, GuiState s) {
    if (!s.held) k->spent = false;
    int pitch = s.held && !k->spent ? keyboard_at(box, u->gui.input->x, u->gui.input->y)
                                    : 0;
    if (pitch == k->pitch) return;
    let_go(k, u);
    if (!pitch) return;
    int loud = velocity(keyboard_key(box, pitch), u->gui.input->y);
    ui_send(u, (Command){.id = COMMAND_NOTE_ON, .note = {pitch, loud}});
    k->pitch = pitch;
}

static Color key_color(const Theme *theme, const View *v, int pitch) {
    Color up = is_black(pitch) ? theme->black_key : theme->white_key;
    uint8_t down = v->keyboard.keys[pitch];
    if (!down) return up;
    return color_mix(up, ui_source_color(theme, down - 1), .88);
}

static void draw_letter(Ui *u, Box key, int pitch, int low, double bottom) {
    const char *letter = low < 0 ? "" : typing_letter(pitch - low);
    if (!*letter) return;
    Box in = {key.x - 4, bottom - 19, key.w + 8, 14};
    draw_text(u->gui.draw, (Face){9.5, true, false}, in, ALIGN_CENTER,
              is_black(pitch) ? u->gui.theme->on_black : u->gui.theme->on_white,
              letter);
}

static void draw_white(Ui *u, Box box, int pitch, int low) {
    Draw *d = u->gui.draw;
    Box key = keyboard_key(box, pitch);
    double line = draw_pixel(d);
    Box face = {key.x + line, key.y, key.w - line, key.h - 2};
    Color color = key_color(u->gui.theme, u->view, pitch);
    draw_round(d, (Box){face.x, face.y - 4, face.w, face.h + 4}, 2.5, color);
    draw_letter(u, key, pitch, low, key.y + key.h);
    if (pitch % 12 != 0 || low >= 0) return;
    char name[8];
    g_snprintf(name, sizeof name, "C%d", pitch / 12 - 1);
    draw_text(d, (Face){9, false, false},
              (Box){key.x - 4, key.y + key.h - 17, key.w + 8, 12}, ALIGN_CENTER,
              u->gui.theme->on_white, name);
}

static void draw_black(Ui *u, Box box, int pitch, int low) {
    Draw *d = u->gui.draw;
    Box key = keyboard_key(box, pitch);
    Area clip = draw_clip(d, (Box){key.x - 2, box.y, key.w + 4, box.h});
    draw_round(d, (Box){key.x - 1, key.y - 4, key.w + 2, key.h + 5}, 2.5,
               u->gui.theme->key_gap);
    draw_round(d, (Box){key.x, key.y - 4, key.w, key.h + 3}, 2,
               key_color(u->gui.theme, u->view, pitch));
    draw_letter(u, key, pitch, low, key.y + key.h);
    draw_unclip(d, clip);
}

void keyboard_frame(Keyboard *k, Ui *u, Box box, int low) {
    GuiState s = gui_control(&u->gui, ui_id(COMMAND_NOTE_ON, 0), box, GUI_SURFACE);
    play(k, u, box, s);
    if (u->gui.input->focus_lost) keyboard_release(k, u);
    Area clip = draw_clip(u->gui.draw, box);
    draw_box(u->gui.draw, box, u->gui.theme->key_gap);
    for (int p = KEYBOARD_LOW; p <= KEYBOARD_HIGH; p++)
        if (!is_black(p)) draw_white(u, box, p, low);
    for (int p = KEYBOARD_LOW; p <= KEYBOARD_HIGH; p++)
        if (is_black(p)) draw_black(u, box, p, low);
    draw_unclip(u->gui.draw, clip);
}
