#include "ui/window_parent.h"

#include <SDL_syswm.h>
#include <glib.h>

char *window_parent_name(SDL_Window *window) {
#ifdef SDL_VIDEO_DRIVER_X11
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (SDL_GetWindowWMInfo(window, &info) && info.subsystem == SDL_SYSWM_X11)
        return g_strdup_printf("x11:%lx", info.info.x11.window);
#endif
    return g_strdup("");
}
