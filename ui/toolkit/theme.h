// The measures of the window, in points, and the colours of a theme, 0xAARRGGBB.
//
// A frame is drawn in the theme that its Draw holds; nothing else knows which one that
// is. One accent, `model`, means "the model": what it wrote and what makes it write.
#ifndef UI_TOOLKIT_THEME_H
#define UI_TOOLKIT_THEME_H

#include "ui/toolkit/raster.h"

typedef struct Theme {
    Color back;      // the roll
    Color back_dark; // rows of black keys
    Color panel;
    Color raised; // buttons, fields
    Color hover, pressed;
    Color line;
    Color shade; // over what an overlay covers

    Color text;
    Color quiet; // labels
    Color faint; // what is not possible now, grid numbers
    Color focus, wrong;

    Color model;    // the accent
    Color on_model; // text on it
    Color prompt, played;
    Color forgotten; // notes that the model has lost sight of
    Color sounding;  // notes turn towards it while they sound

    Color surprise[4]; // notes by how they surprise the model, rising

    Color white_key, black_key;
} Theme;

typedef enum ThemeId { THEME_DARK, THEMES } ThemeId;

const Theme *theme_of(ThemeId id);

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
