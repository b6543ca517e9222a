// The window: the door to SDL's video and events.
//
// One thread, the one that opened it, but for window_wake(). The frame is made of our
// own pixels and handed to SDL, so no graphics driver is needed; only what changed is
// handed on. The loop of a program is
//
//     Wish wish = {.wait = 0};
//     while (window_wait(w, &wish, &input)) {
//         fill the View;
//         wish = screen_frame(screen, &input, &view, window_draw(w), &queue);
//         carry out the commands;
//         window_show(w);
//     }
#ifndef UI_WINDOW_H
#define UI_WINDOW_H

#include "ui/toolkit/draw.h"
#include "ui/toolkit/input.h"

typedef struct Window Window;

typedef struct WindowOptions {
    const char *title;
    int width, height; // points; no more than the display has; 0: as usual
    const char *font;  // a file; NULL: one is found
} WindowOptions;

// Closing accepts NULL.
bool window_open(Window **ret, const WindowOptions *options, GError **error);
void window_close(Window *w);

// Waits until the user does something, window_wake() is called, or wish->wait is over,
// and begins a frame. `ret` is valid until the next call. False: SDL cannot go on.
bool window_wait(Window *w, const Wish *wish, Input *ret);
void window_wake(Window *w); // from any thread; not for an audio callback (it may lock)

Draw *window_draw(Window *w);
void window_show(Window *w); // ends the frame

// The window's size in points, to be remembered: the one that was asked for, if there
// was no room for it and nobody has changed it since.
void window_size(const Window *w, int *ret_width, int *ret_height);

// How many frames changed anything, and the pixels last shown, for tests.
int64_t window_shown(const Window *w);
const Canvas *window_canvas(const Window *w);

#define WINDOW_ERROR window_error_quark()
GQuark window_error_quark(void);

#endif
