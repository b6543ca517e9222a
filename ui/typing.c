#include "ui/typing.h"

#include <SDL.h>

#define LOUD   80
#define LOUDER 108 // with Shift

// Indexed by semitones above the first key.
static const SDL_Scancode keys[TYPING_KEYS] = {
    SDL_SCANCODE_Z, SDL_SCANCODE_S, SDL_SCANCODE_X, SDL_SCANCODE_D, SDL_SCANCODE_C,
    SDL_SCANCODE_V, SDL_SCANCODE_G, SDL_SCANCODE_B, SDL_SCANCODE_H, SDL_SCANCODE_N,
    SDL_SCANCODE_J, SDL_SCANCODE_M, SDL_SCANCODE_Q, SDL_SCANCODE_2, SDL_SCANCODE_W,
    SDL_SCANCODE_3, SDL_SCANCODE_E, SDL_SCANCODE_R, SDL_SCANCODE_5, SDL_SCANCODE_T,
    SDL_SCANCODE_6, SDL_SCANCODE_Y, SDL_SCANCODE_7, SDL_SCANCODE_U, SDL_SCANCODE_I,
    SDL_SCANCODE_9, SDL_SCANCODE_O, SDL_SCANCODE_0, SDL_SCANCODE_P,
};

int typing_low(const Typing *t) { return (t->octave + 1) * 12; }

const char *typing_letter(int offset) {
    if (offset < 0 || offset >= TYPING_KEYS) return "";
    return SDL_GetKeyName(SDL_GetKeyFromScancode(keys[offset]));
}

static void let_go(Typing *t, Ui *u, int i) {
    if (t->pitch[i])
        ui_send(u, (Command){.id = COMMAND_NOTE_OFF, .note = {t->pitch[i], 0}});
    t->pitch[i] = 0;
}

bool typing_key(Typing *t, Ui *u, const KeyEvent *key) {
    int i = 0;
    while (i < TYPING_KEYS && (int)keys[i] != key->scancode) i++;
    if (i == TYPING_KEYS) return false;
    if (!key->down) {
        let_go(t, u, i); // whatever modifiers are held
        return false;
    }
    if (!t->on || key->modifiers & (KEY_CTRL | KEY_ALT)) return false;
    int pitch = typing_low(t) + i;
    if (key->repeat || t->pitch[i] || pitch > 127) return true;
    int loud = key->modifiers & KEY_SHIFT ? LOUDER : LOUD;
    ui_send(u, (Command){.id = COMMAND_NOTE_ON, .note = {pitch, loud}});
    t->pitch[i] = (uint8_t)pitch;
    return true;
}

void typing_release(Typing *t, Ui *u) {
    for (int i = 0; i < TYPING_KEYS; i++) let_go(t, u, i);
}
