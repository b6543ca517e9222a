// The measures of the window, in points, and the colours of a theme, 0xAARRGGBB.
//
// A frame is drawn in the theme that its Draw holds; nothing else knows which one that
// is. One accent, `model`, means "the model": what it wrote and what makes it write.
#ifndef UI_TOOLKIT_THEME_H
#define UI_TOOLKIT_THEME_H

#include "ui/toolkit/raster.h"

typedef struct Theme {
    const char *name; // "Dark", in the settings too

    Color back;      // the roll
    Color back_dark; // rows of black keys
    Color panel;
    Color raised;                 // buttons, fields
    Color hover, pressed, chosen; // and the raised that are so
    Color outline;                // around the raised, or nothing
    Color line, edge;             // between panels, around cards and fields
    Color grid, mark;             // through the notes, dashed or between takes
    Color shade;                  // over what an overlay covers
    Color shadow;                 // below a card
    Color veil;                   // over what the model has forgotten
    Color selected;               // behind text
    Color wrong_back;             // behind a notice of something wrong

    Color text;
    Color ink;   // text on the raised, measures
    Color quiet; // labels
    Color faint; // numbers, hints
    Color dead;  // what is not possible now
    Color focus, wrong;
    Color fill, on_fill; // of sliders and switches

    Color model;    // the accent
    Color on_model; // text on it
    Color prompt, played;
    double softest;  // how much of its colour the softest note has, 0-1
    Color forgotten; // notes that the model has lost sight of
    Color sounding;  // notes turn towards it while they sound

    Color surprise[4]; // notes by how they surprise the model, rising

    Color white_key, black_key, key_gap;
    Color on_white, on_black; // letters
} Theme;

typedef enum ThemeId { THEME_DARK, THEME_LIGHT, THEME_CONTRAST, THEMES } ThemeId;

const Theme *theme_of(ThemeId id);

// How far two opaque colours are from each other, from 1 to 21, as WCAG 2 has it:
// (L1 + 0.05) / (L2 + 0.05), L being relative luminance. Text takes 4.5.
double theme_contrast(Color a, Color b);
Color theme_ink(const Theme *t, Color behind); // text, or that on the accent

#define THEME_SMALL     11.0
#define THEME_BODY      13.0
#define THEME_TITLE     16.0
#define THEME_CLOCK     22.0

#define THEME_GAP       8.0  // between controls
#define THEME_MARGIN    14.0 // inside panels
#define THEME_ROW       28.0 // a control's height
#define THEME_RADIUS    6.0

#define THEME_TRANSPORT 56.0  // height of the top row
#define THEME_COLUMN    236.0 // width of the right column
#define THEME_STATUS    26.0
#define THEME_KEYBOARD  72.0
#define THEME_LANE      15.0 // height of a take in the tree

#endif
