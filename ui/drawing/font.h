// Draws texts as masks with SDL_ttf. Each is drawn once at its size in pixels and
// cached while it is in use. font_faces.h says which font draws which character.
#ifndef UI_DRAWING_FONT_H
#define UI_DRAWING_FONT_H

#include "ui/drawing/raster.h"

#include <glib.h>

typedef struct Fonts Fonts;

typedef struct FontText {
    Mask mask;       // as high as a line, or more if its fonts reach further
    uint32_t number; // different for each text
} FontText;

// Without any font it fails. Closing accepts NULL.
bool fonts_open(Fonts **ret, GError **error);
void fonts_close(Fonts *f);

// `text` must be printable (ui/drawing/text.h). The result is valid
// until fonts_forget().
const FontText *fonts_text(Fonts *f, bool strong, int size, const char *text);
int fonts_width(Fonts *f, bool strong, int size, const char *text); // pixels

// If the cache is large, frees the texts that were not used since the last call.
void fonts_forget(Fonts *f);

#endif
