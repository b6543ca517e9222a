// Draws shapes into pixels, with smooth edges. Colours are 0xAARRGGBB and are blended
// over the existing pixels. Everything stays inside the clip, which must lie inside the
// canvas.
#ifndef UI_DRAWING_RASTER_H
#define UI_DRAWING_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t Color;

typedef struct Area {
    int x, y, w, h; // pixels
} Area;

typedef struct Point {
    double x, y;
} Point;

typedef struct Canvas {
    uint32_t *pixels; // 0xXXRRGGBB, row by row; borrowed
    int stride;       // pixels from a row to the next
    int width, height;
} Canvas;

// The coverage of each pixel, 0-255, of a drawn text.
typedef struct Mask {
    uint8_t *cover; // owned by who made it
    int width, height;
} Mask;

Area area_meet(Area a, Area b); // empty: w and h are 0
bool area_empty(Area a);

Color color_mix(Color a, Color b, double part_of_b);
Color color_fade(Color c, double opacity); // 0-1 times its own

void raster_box(Canvas *c, Area clip, Area box, Color color);
// Draws a box with rounded corners. If `line` is above 0, draws only its outline, of
// this width, inside the box.
void raster_round(Canvas *c, Area clip, Area box, double radius, double line,
                  Color color);
// Draws a convex polygon of 3 or more points, clockwise or anticlockwise.
void raster_convex(Canvas *c, Area clip, const Point *points, int count, Color color);
void raster_mask(Canvas *c, Area clip, const Mask *mask, int x, int y, Color color);

#endif
