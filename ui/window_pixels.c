#include "ui/window_pixels.h"

#include <glib.h>
#include <string.h>

bool window_pixels_open(WindowPixels *ret, SDL_Window *window) {
    *ret = (WindowPixels){.window = window};
    if (strcmp(SDL_GetCurrentVideoDriver(), "wayland") != 0) return true;
    ret->renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_ACCELERATED);
    return ret->renderer != NULL;
}

void window_pixels_close(WindowPixels *p) {
    if (p->texture) SDL_DestroyTexture(p->texture);
    if (p->renderer) SDL_DestroyRenderer(p->renderer);
    *p = (WindowPixels){0};
}

static bool show_by_surface(WindowPixels *p, SDL_Surface *frame, const SDL_Rect *rects,
                            int count) {
    SDL_Surface *surface = SDL_GetWindowSurface(p->window);
    if (!surface || surface->w != frame->w || surface->h != frame->h) return false;
    for (int i = 0; i < count; i++) {
        SDL_Rect to = rects[i];
        SDL_BlitSurface(frame, &rects[i], surface, &to);
    }
    SDL_UpdateWindowSurfaceRects(p->window, rects, count);
    return true;
}

// A new texture, and every frame's back buffer, begin without pixels.
static bool show_by_texture(WindowPixels *p, SDL_Surface *frame, const SDL_Rect *rects,
                            int count) {
    const SDL_Rect whole = {0, 0, frame->w, frame->h};
    int width = 0, height = 0;
    if (p->texture) SDL_QueryTexture(p->texture, NULL, NULL, &width, &height);
    if (width != frame->w || height != frame->h) {
        if (p->texture) SDL_DestroyTexture(p->texture);
        p->texture = SDL_CreateTexture(p->renderer, frame->format->format,
                                       SDL_TEXTUREACCESS_STREAMING, frame->w, frame->h);
        if (!p->texture) return false;
        SDL_SetTextureBlendMode(p->texture, SDL_BLENDMODE_NONE);
        rects = &whole, count = 1;
    }
    for (int i = 0; i < count; i++)
        SDL_UpdateTexture(p->texture, &rects[i],
                          (const char *)frame->pixels +
                              (ptrdiff_t)rects[i].y * frame->pitch +
                              (ptrdiff_t)rects[i].x * 4,
                          frame->pitch);
    SDL_RenderCopy(p->renderer, p->texture, NULL, NULL);
    SDL_RenderPresent(p->renderer);
    return true;
}

bool window_pixels_show(WindowPixels *p, SDL_Surface *frame, const Area *areas,
                        int count) {
    g_autofree SDL_Rect *rects = g_new(SDL_Rect, (gsize)count);
    for (int i = 0; i < count; i++)
        rects[i] = (SDL_Rect){areas[i].x, areas[i].y, areas[i].w, areas[i].h};
    return p->renderer ? show_by_texture(p, frame, rects, count)
                       : show_by_surface(p, frame, rects, count);
}
