// What is on the screen: shapes and texts, told anew each frame, drawn where they
// changed.
//
// A frame is a list of shapes between draw_begin() and draw_end(). The window is cut
// into cells; each cell's hash takes in the shapes that touch it, and only cells whose
// hash is another than in the frame before are drawn (after rxi's rencache). So a frame
// like the last one costs next to nothing, and whoever makes a frame need not think of
// what changed.
//
// Measures are points; edges fall on whole pixels, so that they are sharp at any scale.
#ifndef UI_TOOLKIT_DRAW_H
#define UI_TOOLKIT_DRAW_H

#include "ui/toolkit/box.h"
#include "ui/toolkit/font.h"

typedef enum Align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT } Align;

typedef struct Face {
    double size; // points
    bool strong;
    bool even; // digits take the same width each, for numbers that change
} Face;

typedef struct Draw Draw;

Draw *draw_new(Fonts *fonts); // borrowed
void draw_free(Draw *d);      // accepts NULL

void draw_begin(Draw *d, int width, int height, double scale); // pixels, pixels a point
// Draws into `canvas`, which must hold the last frame, or anything if its size
// changed. Returns the areas drawn, valid until the next draw_begin().
const Area *draw_end(Draw *d, Canvas *canvas, int *ret_count);

double draw_scale(const Draw *d);
double draw_pixel(const Draw *d); // one pixel, in points

// What follows is drawn inside `box` and the clip that is now; the call returns that
// one, to be given to draw_unclip().
Area draw_clip(Draw *d, Box box);
void draw_unclip(Draw *d, Area clip);

void draw_box(Draw *d, Box box, Color color);
void draw_round(Draw *d, Box box, double radius, Color color);
void draw_ring(Draw *d, Box box, double radius, double line, Color color);
void draw_convex(Draw *d, const Point *points, int count, Color color); // 3 or 4 points

// One line in the middle of the box's height; what is too wide ends in an ellipsis.
// Returns the width that it takes.
double draw_text(Draw *d, Face face, Box box, Align align, Color color,
                 const char *text);
double draw_text_width(Draw *d, Face face, const char *text);
// Lines broken between words, from the box's top; the last that has room ends in an
// ellipsis if there is more. Returns the height.
double draw_lines(Draw *d, Face face, Box box, Color color, const char *text);

// The text drawn in this frame, a line each; what a test reads. Free with g_free.
char *draw_texts(const Draw *d);

#endif
