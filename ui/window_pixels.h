// Brings pixels to the window. X11 takes them as they are. On Wayland SDL draws them by
// OpenGL, and its window surface has no more pixels than the window has points, which
// is too few on a display of scale 2: there it is a texture of our own.
#ifndef UI_WINDOW_PIXELS_H
#define UI_WINDOW_PIXELS_H

#include "ui/drawing/raster.h"

#include <SDL.h>

// Zeroed: not open.
typedef struct WindowPixels {
    SDL_Window *window;     // borrowed
    SDL_Renderer *renderer; // owned; NULL: the window surface is used
    SDL_Texture *texture;   // owned
} WindowPixels;

// Returns false if it failed; then SDL_GetError() says why. Must be closed before the
// window is destroyed.
bool window_pixels_open(WindowPixels *ret, SDL_Window *window);
void window_pixels_close(WindowPixels *p);

// Shows these parts of the frame, whose size is the window's in pixels. False: the
// window has another size just now, so that the whole frame is to be shown later.
bool window_pixels_show(WindowPixels *p, SDL_Surface *frame, const Area *areas,
                        int count);

#endif
