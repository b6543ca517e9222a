// Draws texts as masks with SDL_ttf. Each is drawn once at its size in pixels and
// cached while it is in use. A text uses the first of the fonts that has all its
// characters, so that file names in most scripts can be read.
#ifndef UI_TOOLKIT_FONT_H
#define UI_TOOLKIT_FONT_H

#include "ui/toolkit/raster.h"

#include <glib.h>

typedef struct Fonts Fonts;

typedef struct FontText {
    Mask mask;       // its height is the font's, not the text's
    uint32_t number; // different for each text
} FontText;

// `wanted` is a font file, or NULL for those that Debian's fonts-inter,
// fonts-dejavu-core and fonts-noto bring. Closing accepts NULL.
bool fonts_open(Fonts **ret, const char *wanted, GError **error);
void fonts_close(Fonts *f);

// `text` must be printable (ui/toolkit/text.h). The result is valid
// until fonts_forget().
const FontText *fonts_text(Fonts *f, bool strong, int size, const char *text);
int fonts_width(Fonts *f, bool strong, int size, const char *text); // pixels

// If the cache is large, frees the texts that were not used since the last call.
void fonts_forget(Fonts *f);

#define FONT_ERROR font_error_quark()
GQuark font_error_quark(void);

#endif
