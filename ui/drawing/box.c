#include "ui/drawing/box.h"

bool box_has(Box b, double x, double y) {
    return x >= b.x && x < b.x + b.w && y >= b.y && y < b.y + b.h;
}

Box box_inset(Box b, double by) {
    return (Box){b.x + by, b.y + by, b.w - 2 * by, b.h - 2 * by};
}

Box box_cut_top(Box *b, double h) {
    Box cut = {b->x, b->y, b->w, h};
    b->y += h, b->h -= h;
    return cut;
}

Box box_cut_bottom(Box *b, double h) {
    b->h -= h;
    return (Box){b->x, b->y + b->h, b->w, h};
}

Box box_cut_left(Box *b, double w) {
    Box cut = {b->x, b->y, w, b->h};
    b->x += w, b->w -= w;
    return cut;
}

Box box_cut_right(Box *b, double w) {
    b->w -= w;
    return (Box){b->x + b->w, b->y, w, b->h};
}
