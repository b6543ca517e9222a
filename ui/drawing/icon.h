// Icons made of shapes, so that they are sharp at any scale.
#ifndef UI_DRAWING_ICON_H
#define UI_DRAWING_ICON_H

#include "ui/drawing/draw.h"

typedef enum Icon {
    ICON_NONE,
    ICON_PLAY,
    ICON_PAUSE,
    ICON_STOP,
    ICON_START,
    ICON_END,
    ICON_LOOP,
    ICON_UNDO,
    ICON_REDO,
    ICON_CONTINUE,
    ICON_FOLDER,
    ICON_FILE,
    ICON_UP,
    ICON_CHECK
} Icon;

// Draws an icon in the middle of the box, `size` points in width.
void icon_draw(Draw *d, Icon icon, Box box, double size, Color color);

#endif
