// Draws the notes and the pedal of a View at the places that a Roll gives them.
#ifndef UI_ROLL_ROLL_NOTES_H
#define UI_ROLL_ROLL_NOTES_H

#include "ui/roll/roll.h"

void roll_notes_draw(const Roll *r, Draw *d, const View *view, Box box);
void roll_notes_draw_pedal(const Roll *r, Draw *d, const View *view, Box box);

#endif
