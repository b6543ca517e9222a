// The whole window: where each part lies, which overlay is open, and what each key does
// in that state. Knows nothing of SDL's windows, so that tests drive it by Inputs.
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "ui/command.h"
#include "ui/toolkit/draw.h"
#include "ui/toolkit/input.h"

typedef struct Screen Screen;

// How things are shown, which no command tells of: to be kept from start to start.
typedef struct Look {
    double scale; // 0 counts as 1
    bool follow;  // the playhead
    bool lens;    // ViewPart.attention and .recalled are drawn: worth filling in
    bool typing;  // the computer's keyboard is a piano
    int octave;   // of its first key
    bool fullscreen;
} Look;

Screen *screen_new(const Look *look); // NULL: as a new user finds it
void screen_free(Screen *s);          // accepts NULL
Look screen_look(const Screen *s);

// Takes what the user did, draws all, and adds what is asked for to `queue`. The
// commands are best carried out before the frame is shown: a key is heard sooner.
Wish screen_frame(Screen *s, const Input *input, const View *view, Draw *draw,
                  CommandQueue *queue);

#endif
