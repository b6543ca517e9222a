// The computer's keyboard as a piano. It goes by where a key lies (scancodes), so that
// every layout plays alike: the row from Z and the one above are an octave from C with
// its black keys, the row from Q and the digits above it the next octave and a third.
#ifndef UI_TYPING_H
#define UI_TYPING_H

#include "ui/ui.h"

#define TYPING_KEYS   29
#define TYPING_OCTAVE 4 // middle C at first

typedef struct Typing {
    bool on;
    int octave;                 // 0-8; the first key is its C
    uint8_t pitch[TYPING_KEYS]; // that each key holds down; 0: up
} Typing;

// Plays or releases what the key stands for. True if it took the key.
bool typing_key(Typing *t, Ui *u, const KeyEvent *key);
void typing_release(Typing *t, Ui *u); // all of them

int typing_low(const Typing *t); // the first key's pitch
// What is printed on the key `offset` semitones above the first, in this layout; ""
// beyond them. Valid until the next call.
const char *typing_letter(int offset);

#endif
