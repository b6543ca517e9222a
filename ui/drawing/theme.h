// The measures of the window, in points, and the colours of a theme, 0xAARRGGBB.
//
// A frame is drawn in the theme that its Draw holds; nothing else needs to know which
// one it is. The accent colour `model` is reserved for the model: for its notes and for
// the controls that start it.
#ifndef UI_DRAWING_THEME_H
#define UI_DRAWING_THEME_H

#include "ui/drawing/raster.h"

typedef struct Theme {
    const char *name; // "Dark"; also its name in the settings file

    Color back;      // background of the roll
    Color back_dark; // background of the black keys' rows
    Color panel;
    Color raised;                 // buttons, fields
    Color hover, pressed, chosen; // `raised` in these states
    Color outline;                // around raised controls; may be transparent
    Color line, edge;             // between panels, around cards and fields
    Color grid, mark; // lines through the notes; dashed lines and lines between takes
    Color shade;      // over the window behind an overlay
    Color shadow;     // of a card
    Color veil;       // over notes outside the model's context
    Color selected;   // behind selected text
    Color wrong_back; // behind an error message

    Color text;
    Color ink;   // text on raised controls, and measures
    Color quiet; // labels
    Color faint; // numbers, hints
    Color dead;  // disabled controls
    Color focus, wrong;
    Color fill, on_fill; // of sliders and switches

    Color model;    // the accent
    Color on_model; // text on it
    Color prompt, played;
    double softest;  // the share of its colour that the softest note has, 0-1
    Color forgotten; // notes outside the model's context
    Color sounding;  // mixed into the colour of sounding notes

    Color surprise[4]; // of notes, from least to most surprising

    Color white_key, black_key, key_gap;
    Color on_white, on_black; // letters
} Theme;

typedef enum ThemeId { THEME_DARK, THEME_LIGHT, THEME_CONTRAST, THEMES } ThemeId;

const Theme *theme_of(ThemeId id);

// The contrast ratio of two opaque colours, from 1 to 21, as WCAG 2 defines it: (L1 +
// 0.05) / (L2 + 0.05), where L is the relative luminance. Text needs 4.5.
double theme_contrast(Color a, Color b);
// The text colour that is readable on `behind`.
Color theme_ink(const Theme *t, Color behind);

#define THEME_SMALL     11.0
#define THEME_BODY      13.0
#define THEME_TITLE     16.0
#define THEME_CLOCK     22.0

#define THEME_GAP       8.0  // between controls
#define THEME_MARGIN    14.0 // inside panels
#define THEME_RADIUS    6.0

#define THEME_TRANSPORT 56.0  // height of the top row
#define THEME_COLUMN    236.0 // width of the right column
#define THEME_STATUS    26.0
#define THEME_KEYBOARD  72.0
#define THEME_LANE      15.0 // height of a take in the tree

#endif
