// Which font draws which character, so that names and titles in any script can be read:
// the first face that has it, and if none of those in use has, whatever fontconfig
// finds. A text is drawn in runs, each by one font, in one script and one direction.
//
// Latin and Hebrew in one line stand as they are in the text, run by run; there is no
// bidirectional algorithm.
#ifndef UI_DRAWING_FONT_FACES_H
#define UI_DRAWING_FONT_FACES_H

#include <SDL_ttf.h>
#include <glib.h>
#include <stdbool.h>

typedef struct FontFaces FontFaces;

typedef struct FontRun {
    char *text; // owned: g_free
    TTF_Font *font;
    GUnicodeScript script;
} FontRun;

// Closing accepts NULL.
bool font_faces_open(FontFaces **ret, GError **error);
void font_faces_close(FontFaces *f);

// The font of all that only the first face draws, whose height is that of a line.
TTF_Font *font_faces_first(FontFaces *f, bool strong, int size);

// Takes the next run off *text, which is valid UTF-8, and makes its font ready to
// measure and draw it, before the next call. False: there is none.
bool font_faces_next(FontFaces *f, bool strong, int size, const char **text,
                     FontRun *ret);

#define FONT_ERROR font_error_quark()
GQuark font_error_quark(void);

#endif
