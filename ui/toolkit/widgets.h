// The controls. Each is a function that is called once per frame, draws the control
// and returns what the user did. The caller owns the values; they are changed only
// through pointers.
#ifndef UI_TOOLKIT_WIDGETS_H
#define UI_TOOLKIT_WIDGETS_H

#include "ui/drawing/icon.h"
#include "ui/toolkit/gui.h"

typedef struct ButtonLook {
    const char *label; // NULL: none
    Icon icon;
    bool flat;    // draws no face until the mouse is over it
    bool primary; // in the accent colour: starts the model
    bool on;      // is switched on
    bool dead;    // is disabled
} ButtonLook;

// Returns true if it was clicked.
bool widget_button(Gui *g, GuiId id, Box box, ButtonLook look);

bool widget_switch(Gui *g, GuiId id, Box box, const char *label, bool on, bool dead);

typedef struct Range {
    double least, most, step, usual; // a double click restores the usual value
} Range;

// Shows a name, the value in words, and a bar. Returns true if *value changed.
bool widget_slider(Gui *g, GuiId id, Box box, const char *label, const char *words,
                   Range range, double *value);

typedef struct DialLook {
    const char *label, *words; // its name, and the value in words
    const char *mark;          // a short text after the bar; NULL: none
    double step;
    bool dead;  // it is disabled
    bool waits; // it has a ring of the accent colour
} DialLook;

typedef enum DialChange {
    DIAL_STAYS,
    DIAL_MOVED, // *value changed
    DIAL_ASKED, // it was clicked with the right button
} DialChange;

// A slider from -1 to 1 whose middle, 0, is neutral: the bar grows from there, and at 0
// the value is drawn faintly.
DialChange widget_dial(Gui *g, GuiId id, Box box, DialLook look, double *value);

// Shows [- words +]. The wheel changes the value, and a double click in the middle
// resets it. Returns true if *value changed.
bool widget_stepper(Gui *g, GuiId id, Box box, const char *words, Range range,
                    double *value);

// Shows some values of which one is chosen: [1|2|4|8]. Returns the index clicked or -1.
int widget_segments(Gui *g, GuiId id, Box box, const char *const *labels, int count,
                    int chosen);

double widget_label(Gui *g, Box box, Align align, Color color, const char *text);

#endif
