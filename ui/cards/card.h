// A card with a title in the middle of the window, over a shade that dims the rest.
#ifndef UI_CARDS_CARD_H
#define UI_CARDS_CARD_H

#include "ui/ui.h"

// Draws the card, as wide and high as asked for if there is room, and returns its
// inside. Controls called from now on belong to the card. *ret_outside: the user
// clicked outside it.
Box card_frame(Ui *u, double width, double height, const char *title, const char *hint,
               bool *ret_outside);

#endif
