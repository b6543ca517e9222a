// The notes and the pedal of a View, drawn where a Roll shows them.
#ifndef UI_ROLL_ROLL_NOTES_H
#define UI_ROLL_ROLL_NOTES_H

#include "ui/roll/roll.h"

void roll_notes_draw(const Roll *r, Draw *d, const View *view, Box box);
void roll_notes_draw_pedal(const Roll *r, Draw *d, const View *view, Box box);

#endif
