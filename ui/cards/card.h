// What lies over the window while something is chosen: a shade, and a card in its
// middle with a title.
#ifndef UI_CARDS_CARD_H
#define UI_CARDS_CARD_H

#include "ui/ui.h"

// Draws it, as wide and high as asked for if there is room, and returns the inside.
// What is told from now on belongs to it. *ret_outside: a click beside it.
Box card_frame(Ui *u, double width, double height, const char *title, const char *hint,
               bool *ret_outside);

#endif
