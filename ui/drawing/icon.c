#include "ui/drawing/icon.h"

#include <math.h>

// Icons are drawn in a square of 16 by 16.
typedef struct Pen {
    Draw *d;
    double x, y, unit;
    Color color;
} Pen;

static Point at(const Pen *p, double x, double y) {
    return (Point){p->x + x * p->unit, p->y + y * p->unit};
}

static void box(const Pen *p, double x, double y, double w, double h, double radius) {
    Point a = at(p, x, y);
    draw_round(p->d, (Box){a.x, a.y, w * p->unit, h * p->unit}, radius * p->unit,
               p->color);
}

static void triangle(const Pen *p, double x0, double y0, double x1, double y1,
                     double x2, double y2) {
    Point points[3] = {at(p, x0, y0), at(p, x1, y1), at(p, x2, y2)};
    draw_convex(p->d, points, 3, p->color);
}

static void line(const Pen *p, double x0, double y0, double x1, double y1,
                 double width) {
    double length = hypot(x1 - x0, y1 - y0);
    double nx = (y0 - y1) / length * width / 2, ny = (x1 - x0) / length * width / 2;
    Point points[4] = {at(p, x0 + nx, y0 + ny), at(p, x1 + nx, y1 + ny),
                       at(p, x1 - nx, y1 - ny), at(p, x0 - nx, y0 - ny)};
    draw_convex(p->d, points, 4, p->color);
}

// Draws an arc between two angles, in quarter turns clockwise from the right.
static void arc(const Pen *p, double x, double y, double radius, double from, double to,
                double width) {
    int steps = (int)ceil(fabs(to - from) * 6);
    for (int i = 0; i < steps; i++) {
        double a = (from + (to - from) * i / steps) * M_PI_2;
        double b = (from + (to - from) * (i + 1) / steps) * M_PI_2;
        double in = radius - width / 2, out = radius + width / 2;
        Point points[4] = {at(p, x + out * cos(a), y + out * sin(a)),
                           at(p, x + out * cos(b), y + out * sin(b)),
                           at(p, x + in * cos(b), y + in * sin(b)),
                           at(p, x + in * cos(a), y + in * sin(a))};
        draw_convex(p->d, points, 4, p->color);
    }
}

static void turn_back(const Pen *p, double side) { // side: 1 undo, -1 redo
    double x = 8 - side * 5;
    triangle(p, x - side * 1.5, 6, x + side * 3.5, 2, x + side * 3.5, 10);
    line(p, x + side * 3, 6, 8 + side * 1.5, 6, 1.8);
    arc(p, 8 + side * 1.5, 9.5, 3.5, side > 0 ? -1 : -1, side > 0 ? 1 : -3, 1.8);
    line(p, 8 + side * 1.5, 13, x + side * 2, 13, 1.8);
}

void icon_draw(Draw *d, Icon icon, Box in, double size, Color color) {
    Pen pen = {d, in.x + (in.w - size) / 2, in.y + (in.h - size) / 2, size / 16, color};
    const Pen *p = &pen;
    switch (icon) {
    case ICON_NONE: break;
    case ICON_PLAY: triangle(p, 3.5, 1.5, 14, 8, 3.5, 14.5); break;
    case ICON_PAUSE:
        box(p, 3, 2, 3.6, 12, 1);
        box(p, 9.4, 2, 3.6, 12, 1);
        break;
    case ICON_STOP: box(p, 2.5, 2.5, 11, 11, 1.5); break;
    case ICON_START:
        box(p, 2, 2.5, 2.2, 11, 1);
        triangle(p, 14, 2, 5, 8, 14, 14);
        break;
    case ICON_END:
        box(p, 11.8, 2.5, 2.2, 11, 1);
        triangle(p, 2, 2, 11, 8, 2, 14);
        break;
    case ICON_LOOP:
        arc(p, 5.5, 8, 4, 1, 3, 1.7);
        line(p, 5.5, 4, 9.6, 4, 1.7);
        triangle(p, 9, 0.8, 13, 4, 9, 7.2);
        arc(p, 10.5, 8, 4, 0, 1, 1.7);
        line(p, 5.5, 12, 10.5, 12, 1.7);
        break;
    case ICON_UNDO: turn_back(p, 1); break;
    case ICON_REDO: turn_back(p, -1); break;
    case ICON_CONTINUE:
        triangle(p, 2, 2, 8.5, 8, 2, 14);
        triangle(p, 8.5, 2, 15, 8, 8.5, 14);
        break;
    case ICON_FOLDER:
        box(p, 1.5, 2.8, 6, 4, 1);
        box(p, 1.5, 4.6, 13, 9, 1.2);
        break;
    case ICON_FILE: // a note
        box(p, 3, 10, 5, 4, 2);
        box(p, 6.6, 2, 1.4, 10, 0.5);
        line(p, 7.3, 2.6, 12, 5.4, 2);
        break;
    case ICON_UP:
        triangle(p, 8, 2.5, 13.5, 8.5, 2.5, 8.5);
        box(p, 6.8, 8, 2.4, 5.5, 0.8);
        break;
    case ICON_CHECK:
        line(p, 2.5, 8.5, 6.3, 12, 2);
        line(p, 5.7, 12, 13.5, 4, 2);
        break;
    }
}
