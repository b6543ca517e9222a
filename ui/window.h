// The window: the only part of the screen that uses SDL's video and events.
//
// All functions but window_wake() belong to the thread that opened it. The frame is
// drawn in software into our own pixels, so no graphics driver is needed, and only
// changed areas are passed to SDL. The main loop of a program is
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

#include "ui/drawing/draw.h"
#include "ui/toolkit/input.h"

typedef struct Window Window;

typedef struct WindowOptions {
    const char *title;
    int width, height; // points, limited to the display; 0: the default
} WindowOptions;

// window_close() accepts NULL.
bool window_open(Window **ret, const WindowOptions *options, GError **error);
void window_close(Window *w);

// Waits for input, for window_wake(), or until wish->wait is over, and begins a frame.
// `ret` is valid until the next call. Returns false if SDL failed.
bool window_wait(Window *w, const Wish *wish, Input *ret);
void window_wake(Window *w); // from any thread but the audio callback (it may lock)

Draw *window_draw(Window *w);
void window_show(Window *w); // ends the frame

// The window's size in points, to be saved for the next start: the size that was asked
// for if there was no room for it and the user has not changed it since.
void window_size(const Window *w, int *ret_width, int *ret_height);

// The window's name as the parent of another program's dialog (ui/window_parent.h), to
// be freed with g_free.
char *window_parent(const Window *w);

// The number of frames that changed anything, and the pixels last shown. For tests.
int64_t window_shown(const Window *w);
const Canvas *window_canvas(const Window *w);

#define WINDOW_ERROR window_error_quark()
GQuark window_error_quark(void);

#endif
