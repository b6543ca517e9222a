// The computer's keyboard as a piano. Keys are known by their place (scancode), so that
// it works the same in every layout. The row from Z and the row above it are an octave
// from C with its black keys; the row from Q and the digits above it are the next
// octave and a third.
#ifndef UI_TYPING_H
#define UI_TYPING_H

#include "ui/ui.h"

#define TYPING_KEYS   29
#define TYPING_OCTAVE 4 // the first key is middle C by default

typedef struct Typing {
    bool on;
    int octave;                 // 0-8; the first key is its C
    uint8_t pitch[TYPING_KEYS]; // the pitch that each key holds down; 0: none
} Typing;

// Plays or releases the note of a key. Returns true if it used the key.
bool typing_key(Typing *t, Ui *u, const KeyEvent *key);
void typing_release(Typing *t, Ui *u); // releases all notes

int typing_low(const Typing *t); // the first key's pitch
// Returns the label, in this layout, of the key that is `offset` semitones above the
// first, or "" if there is none. Valid until the next call.
const char *typing_letter(int offset);

#endif
