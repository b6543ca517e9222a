// Where the window opens and how large, for ui/window.c: within what the desktop leaves
// of the display, its frame included, whatever size was asked for. What does not fit
// there, the title and the controls at the edges, could not be reached.
#ifndef UI_WINDOW_PLACE_H
#define UI_WINDOW_PLACE_H

#include <SDL.h>
#include <stdint.h>

typedef struct WindowPlace {
    SDL_Window *window;      // borrowed
    SDL_Rect wished, opened; // sizes: what was asked for, what there was room for
    int64_t settled;         // of g_get_monotonic_time(); from then on it is the user's
} WindowPlace;

// NULL: SDL_GetError() says why. Sizes are points.
SDL_Window *window_place_open(WindowPlace *ret, const char *title, int width,
                              int height);

// Once a frame: a window manager tells only after a while how large its frame is.
void window_place_settle(WindowPlace *p);

// The size to be remembered: the one that was asked for, if there was no room for it
// and nobody has changed it since.
void window_place_size(const WindowPlace *p, int *ret_width, int *ret_height);

#endif
