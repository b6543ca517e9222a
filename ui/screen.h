// The whole window: where each part lies, which overlay is open, and what each key does
// in that state. Knows nothing of SDL's windows, so that tests drive it by Inputs.
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "ui/command.h"
#include "ui/toolkit/draw.h"
#include "ui/toolkit/input.h"

typedef struct Screen Screen;

Screen *screen_new(const Look *look); // NULL: as a new user finds it
void screen_free(Screen *s);          // accepts NULL

// Takes what the user did, draws all, and adds what is asked for to `queue`. The
// commands are best carried out before the frame is shown: a key is heard sooner.
Wish screen_frame(Screen *s, const Input *input, const View *view, Draw *draw,
                  CommandQueue *queue);

#endif
