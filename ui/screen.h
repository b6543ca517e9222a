// The whole window: where each part is, which overlay is open, and what each key does
// in that state. It does not use SDL's windows, so that tests can drive it by Inputs.
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "ui/command.h"
#include "ui/drawing/draw.h"
#include "ui/toolkit/input.h"

typedef struct Screen Screen;

Screen *screen_new(const Look *look); // NULL: the default look
void screen_free(Screen *s);          // accepts NULL

// Handles the input, draws everything, and adds the user's commands to `queue`. Carry
// them out before showing the frame, so that a played key sounds sooner.
Wish screen_frame(Screen *s, const Input *input, const View *view, Draw *draw,
                  CommandQueue *queue);

#endif
