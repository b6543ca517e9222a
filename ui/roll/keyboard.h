// The piano of 88 keys at the bottom. It shows which keys are down, coloured by source,
// and can be played with the mouse, louder towards the front edge of a key.
#ifndef UI_ROLL_KEYBOARD_H
#define UI_ROLL_KEYBOARD_H

#include "ui/ui.h"

#define KEYBOARD_LOW  21
#define KEYBOARD_HIGH 108

typedef struct Keyboard {
    int pitch;  // held by the mouse; 0: none
    bool spent; // the mouse plays nothing more until its button is pressed again
} Keyboard;

// `low` is the first pitch that the computer's keyboard plays; its letters are shown on
// the keys. -1: no letters.
void keyboard_frame(Keyboard *k, Ui *u, Box box, int low);
void keyboard_release(Keyboard *k, Ui *u); // releases the key that the mouse holds

Box keyboard_key(Box box, int pitch);
int keyboard_at(Box box, double x, double y); // a pitch, or 0

#endif
