// Sound and MIDI: the device, the piano and the keyboard to choose, the buffer, the
// volume, a test note. All is applied at once.
#ifndef UI_SETTINGS_H
#define UI_SETTINGS_H

#include "ui/list.h"

typedef struct Settings {
    int page; // 0 sound device, 1 piano, 2 MIDI keyboard
    ListState list;
} Settings;

void settings_open(Settings *s, const View *view);
bool settings_frame(Settings *s, Gui *g); // true if it is to be closed
bool settings_key(Settings *s, Gui *g, const View *view, CommandQueue *queue,
                  const KeyEvent *key);

#endif
