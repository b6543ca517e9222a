// Everything that passes between ui/window and ui/screen: the user's input since the
// last frame, and what the screen requests of the window. Lengths are in points;
// `scale` is the number of pixels per point.
#ifndef UI_TOOLKIT_INPUT_H
#define UI_TOOLKIT_INPUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define INPUT_KEYS 32

enum { KEY_CTRL = 1, KEY_SHIFT = 2, KEY_ALT = 4 }; // modifiers

typedef struct KeyEvent {
    int code, scancode; // SDL_Keycode, SDL_Scancode
    uint32_t typed;     // the Unicode character that the key typed; 0: not known
    unsigned modifiers; // of KEY_CTRL ...
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
    double scale;         // pixels per point
    int64_t now;          // microseconds of a monotonic clock

    double x, y;                   // of the mouse; negative if it is outside the window
    MouseButton pressed, released; // at most one of them per Input
    MouseButton held;
    int clicks;              // 2: `pressed` is a double click
    double wheel_x, wheel_y; // steps; y is up
    unsigned modifiers;

    KeyEvent keys[INPUT_KEYS]; // in order
    int key_count;
    char text[64];      // typed, UTF-8
    GPtrArray *dropped; // of char *, paths; NULL: none
    bool focus_lost;    // later key releases will not be reported
    bool quit;
} Input;

typedef struct Wish {
    double scale; // chosen by the user, times the display's scale; 0 counts as 1
    bool text;    // a field has the focus: turns input methods on
    bool fullscreen;
    int wait;        // milliseconds until the next frame is due; below 0: none is due
    char title[128]; // of the window
} Wish;

#endif
