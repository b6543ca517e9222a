// Passages of the piece that stand in the model's training set: a bracket above the
// notes of each, with the name of the piece, and a line that says how many there are.
#ifndef UI_ROLL_ROLL_PASSAGES_H
#define UI_ROLL_ROLL_PASSAGES_H

#include "ui/roll/roll.h"

void roll_passages_draw(const Roll *r, Draw *d, const View *v, Box box);

#endif
