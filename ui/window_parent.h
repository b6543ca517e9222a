// The name by which a dialog of another program, such as the system's file dialogs, is
// told which window it belongs to, so that it opens in front of it.
#ifndef UI_WINDOW_PARENT_H
#define UI_WINDOW_PARENT_H

#include <SDL.h>

// On X11 "x11:" and the window's id in hexadecimal, as
// https://flatpak.github.io/xdg-desktop-portal/docs/window-identifiers.html says; else
// "", since SDL exports no handle of a Wayland window. To be freed with g_free.
char *window_parent_name(SDL_Window *window);

#endif
