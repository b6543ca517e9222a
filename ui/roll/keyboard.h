// The piano of 88 keys at the bottom: shows which keys are down and whose they are, and
// is played by the mouse, louder nearer to the key's front edge.
#ifndef UI_ROLL_KEYBOARD_H
#define UI_ROLL_KEYBOARD_H

#include "ui/ui.h"

#define KEYBOARD_LOW  21
#define KEYBOARD_HIGH 108

typedef struct Keyboard {
    int pitch;  // that the mouse holds; 0: none
    bool spent; // its button plays nothing more until it is pressed anew
} Keyboard;

// `low` is the first pitch of the computer's keys, whose letters are shown; -1: none.
void keyboard_frame(Keyboard *k, Ui *u, Box box, int low);
void keyboard_release(Keyboard *k, Ui *u); // what the mouse holds

Box keyboard_key(Box box, int pitch);
int keyboard_at(Box box, double x, double y); // a pitch, or 0

#endif
