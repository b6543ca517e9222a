// Where the window opens and how large, for ui/window.c. The window and its frame stay
// within the usable area of the display, whatever size was asked for: otherwise the
// title and the controls at the edges could not be reached.
#ifndef UI_WINDOW_PLACE_H
#define UI_WINDOW_PLACE_H

#include <SDL.h>
#include <stdint.h>

typedef struct WindowPlace {
    SDL_Window *window;      // borrowed
    SDL_Rect wished, opened; // sizes: asked for, and possible
    // In g_get_monotonic_time(); from then on only the user changes the size.
    int64_t settled;
} WindowPlace;

// Returns NULL on failure; SDL_GetError() says why. Sizes are points.
SDL_Window *window_place_open(WindowPlace *ret, const char *title, int width,
                              int height);

// To be called once per frame: a window manager reports the size of its frame only
// after a while.
void window_place_settle(WindowPlace *p);

// See window_size().
void window_place_size(const WindowPlace *p, int *ret_width, int *ret_height);

#endif
