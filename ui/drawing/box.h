// A rectangle in the window. A layout is made by cutting strips off its sides.
#ifndef UI_DRAWING_BOX_H
#define UI_DRAWING_BOX_H

#include <stdbool.h>

typedef struct Box {
    double x, y, w, h; // points
} Box;

bool box_has(Box box, double x, double y);
Box box_inset(Box box, double by);
// Cuts a strip off a side of `*box` and returns it.
Box box_cut_top(Box *box, double height);
Box box_cut_bottom(Box *box, double height);
Box box_cut_left(Box *box, double width);
Box box_cut_right(Box *box, double width);

#endif
