#include "ui/window_icon.h"

#include "ui/drawing/raster.h"

#include <glib.h>

#define SIZE  128

#define TILE  0xFF262C35u
#define LINE  0xFF14171Bu
#define WHITE 0xFFFFFFFFu
#define KEYS  0xFFE3E6EBu
#define GIVEN 0xFFA9BBD6u
#define MODEL 0xFFF2AA5Cu

static const Area all = {0, 0, SIZE, SIZE}, tile = {6, 6, 116, 116};

static const struct {
    Area box;
    double radius;
    Color color;
} shapes[] = {
    {{0, 0, SIZE, SIZE}, 0, TILE},
    // The played notes, the model's notes, and the playhead.
    {{16, 57, 25, 11}, 4, GIVEN},
    {{28, 42, 26, 11}, 4, GIVEN},
    {{68, 57, 23, 11}, 4, MODEL},
    {{76, 42, 23, 11}, 4, MODEL},
    {{85, 27, 27, 11}, 4, MODEL},
    {{58, 22, 6, 60}, 0, WHITE},
    // The keyboard, with one key that the model plays.
    {{6, 82, 116, 40}, 0, KEYS},
    {{53, 82, 23, 40}, 0, MODEL},
    {{6, 82, 116, 2}, 0, LINE},
    {{28, 82, 2, 40}, 0, LINE},
    {{52, 82, 2, 40}, 0, LINE},
    {{75, 82, 2, 40}, 0, LINE},
    {{99, 82, 2, 40}, 0, LINE},
    {{22, 82, 14, 23}, 2, LINE},
    {{46, 82, 14, 23}, 2, LINE},
    {{93, 82, 14, 23}, 2, LINE},
};

static const Point head[] = {{54, 15}, {68, 15}, {64, 23}, {58, 23}}; // the playhead's

void window_icon_set(SDL_Window *window) {
    uint32_t pixels[SIZE * SIZE], inside[SIZE * SIZE] = {0};
    Canvas picture = {pixels, SIZE, SIZE, SIZE}, mask = {inside, SIZE, SIZE, SIZE};
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        raster_round(&picture, all, shapes[i].box, shapes[i].radius, 0,
                     shapes[i].color);
    raster_convex(&picture, all, head, G_N_ELEMENTS(head), WHITE);
    raster_round(&mask, all, tile, 26, 0, WHITE);
    for (size_t i = 0; i < G_N_ELEMENTS(pixels); i++)
        pixels[i] = (pixels[i] & 0xFFFFFF) | (inside[i] & 0xFF) << 24;
    SDL_Surface *s = SDL_CreateRGBSurfaceWithFormatFrom(
        pixels, SIZE, SIZE, 32, SIZE * 4, SDL_PIXELFORMAT_ARGB8888);
    if (s) SDL_SetWindowIcon(window, s);
    SDL_FreeSurface(s);
}
