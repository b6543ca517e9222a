// The user's input since the last frame, and what the screen asks of the window: all
// that passes between ui/window and ui/screen. Lengths are in points; the scale says
// how many pixels make a point.
#ifndef UI_TOOLKIT_INPUT_H
#define UI_TOOLKIT_INPUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define INPUT_KEYS 32

enum { KEY_CTRL = 1, KEY_SHIFT = 2, KEY_ALT = 4 }; // modifiers

typedef struct KeyEvent {
    int code, scancode; // SDL_Keycode, SDL_Scancode
    uint32_t typed;     // the character that it made, of Unicode; 0: none is known
    unsigned modifiers; // KEY_CTRL ... of ui/command.h
    bool down, repeat;
} KeyEvent;

typedef enum MouseButton {
    MOUSE_NONE,
    MOUSE_LEFT,
    MOUSE_MIDDLE,
    MOUSE_RIGHT
} MouseButton;

typedef struct Input {
    double width, height; // of the window
    double scale;         // pixels in a point
    int64_t now;          // microseconds of a clock that never goes back

    double x, y;                   // the mouse; outside the window: negative
    MouseButton pressed, released; // at most one of them in an Input
    MouseButton held;
    int clicks;              // 2: `pressed` is a double click
    double wheel_x, wheel_y; // steps; y is up
    unsigned modifiers;

    KeyEvent keys[INPUT_KEYS]; // in order
    int key_count;
    char text[64];      // typed, UTF-8
    GPtrArray *dropped; // of char *, paths; NULL: none
    bool focus_lost;    // the window will not hear when a key goes up
    bool quit;
} Input;

typedef struct Wish {
    double scale; // of the user's, on top of the display's; 0 counts as 1
    bool text;    // a field waits for it: an input method may help
    bool fullscreen;
    int wait; // milliseconds until the next frame is due; below 0: no need of one
    char title[128]; // of the window
} Wish;

#endif
