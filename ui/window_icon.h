// The window's icon, for desktops that do not find the installed icon by the program's
// name. It is the picture of packaging/icons, drawn at one size.
#ifndef UI_WINDOW_ICON_H
#define UI_WINDOW_ICON_H

#include <SDL.h>

void window_icon_set(SDL_Window *window);

#endif
