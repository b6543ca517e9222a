// Draws the screen: shapes and texts are submitted anew in each frame, and drawn only
// where something changed.
//
// A frame is a list of shapes between draw_begin() and draw_end(). The window is
// divided into cells. The hash of each cell covers the shapes that touch it, and only
// cells whose hash differs from the previous frame are drawn (after rxi's rencache). So
// an unchanged frame costs almost nothing, and callers need not track what changed.
//
// Lengths are in points. Edges are rounded to whole pixels, so that they are sharp at
// any scale.
#ifndef UI_DRAWING_DRAW_H
#define UI_DRAWING_DRAW_H

#include "ui/drawing/box.h"
#include "ui/drawing/font.h"
#include "ui/drawing/theme.h"

typedef enum Align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT } Align;

typedef struct Face {
    double size; // points
    bool strong;
    bool even; // all digits have the same width, for numbers that change
} Face;

typedef struct Draw Draw;

Draw *draw_new(Fonts *fonts); // borrowed
void draw_free(Draw *d);      // accepts NULL

void draw_begin(Draw *d, int width, int height, double scale); // pixels, pixels a point
// Draws into `canvas`, which must hold the previous frame; after a change of size its
// contents do not matter. Returns the areas drawn, valid until the next draw_begin().
const Area *draw_end(Draw *d, Canvas *canvas, int *ret_count);

// Sets the theme of what is drawn from now on. The default is the dark one.
void draw_set_theme(Draw *d, const Theme *theme);
const Theme *draw_theme(const Draw *d);

double draw_scale(const Draw *d);
double draw_pixel(const Draw *d); // one pixel, in points

// Restricts drawing to `box` within the current clip, and returns the current clip, to
// be given to draw_unclip() afterwards.
Area draw_clip(Draw *d, Box box);
void draw_unclip(Draw *d, Area clip);

void draw_box(Draw *d, Box box, Color color);
void draw_round(Draw *d, Box box, double radius, Color color);
void draw_ring(Draw *d, Box box, double radius, double line, Color color);
void draw_convex(Draw *d, const Point *points, int count, Color color); // 3 or 4 points

// Draws one line, vertically centred in the box. A text that is too wide ends in an
// ellipsis. Returns the width of the line.
double draw_text(Draw *d, Face face, Box box, Align align, Color color,
                 const char *text);
double draw_text_width(Draw *d, Face face, const char *text);
// Draws lines, broken between words, from the top of the box. If there is more text
// than room, the last line ends in an ellipsis. Returns the height.
double draw_lines(Draw *d, Face face, Box box, Color color, const char *text);

// Returns the texts drawn in this frame, one per line, for tests. To be freed
// with g_free.
char *draw_texts(const Draw *d);

#endif
