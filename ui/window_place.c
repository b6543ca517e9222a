#include "ui/window_place.h"

#include <glib.h>
#include <limits.h>
#include <stdbool.h>

// The smallest size that the user can give the window; everything is then
// drawn smaller.
#define LEAST_WIDTH  480
#define LEAST_HEIGHT 360
#define SETTLING     1000000 // microseconds

static SDL_Rect room_on(int display) {
    SDL_Rect room;
    bool known = SDL_GetDisplayUsableBounds(display, &room) == 0;
    return known && room.w > 0 && room.h > 0 ? room
                                             : (SDL_Rect){0, 0, INT_MAX, INT_MAX};
}

static void keep_inside(SDL_Window *window) {
    SDL_Rect room = room_on(MAX(SDL_GetWindowDisplayIndex(window), 0)), is;
    int top = 0, left = 0, bottom = 0, right = 0;
    if (room.w == INT_MAX) return;
    SDL_GetWindowBordersSize(window, &top, &left, &bottom, &right);
    room = (SDL_Rect){room.x + left, room.y + top, room.w - left - right,
                      room.h - top - bottom};
    SDL_GetWindowSize(window, &is.w, &is.h);
    if (is.w > room.w || is.h > room.h)
        SDL_SetWindowSize(window, MIN(is.w, room.w), MIN(is.h, room.h));
    SDL_GetWindowSize(window, &is.w, &is.h);
    SDL_GetWindowPosition(window, &is.x, &is.y);
    int x = CLAMP(is.x, room.x, MAX(room.x + room.w - is.w, room.x));
    int y = CLAMP(is.y, room.y, MAX(room.y + room.h - is.h, room.y));
    if (x != is.x || y != is.y) SDL_SetWindowPosition(window, x, y);
}

SDL_Window *window_place_open(WindowPlace *ret, const char *title, int width,
                              int height) {
    SDL_Rect room = room_on(0);
    *ret = (WindowPlace){.wished = {.w = width, .h = height},
                         .settled = g_get_monotonic_time() + SETTLING};
    ret->window = SDL_CreateWindow(
        title, SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, MIN(width, room.w),
        MIN(height, room.h), SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!ret->window) return NULL;
    SDL_SetWindowMinimumSize(ret->window, LEAST_WIDTH, LEAST_HEIGHT);
    window_place_settle(ret);
    return ret->window;
}

void window_place_settle(WindowPlace *p) {
    if (g_get_monotonic_time() > p->settled) return;
    keep_inside(p->window);
    SDL_GetWindowSize(p->window, &p->opened.w, &p->opened.h);
}

void window_place_size(const WindowPlace *p, int *ret_width, int *ret_height) {
    SDL_GetWindowSize(p->window, ret_width, ret_height);
    bool changed = *ret_width != p->opened.w || *ret_height != p->opened.h;
    if (!changed) *ret_width = p->wished.w, *ret_height = p->wished.h;
}
