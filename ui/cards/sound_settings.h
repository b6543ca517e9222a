// The settings of sound, MIDI and model: sound device, piano, MIDI keyboard, MIDI
// output and model; buffer, volume, reverb and a test note. Changes take effect
// at once.
#ifndef UI_CARDS_SOUND_SETTINGS_H
#define UI_CARDS_SOUND_SETTINGS_H

#include "ui/toolkit/list.h"
#include "ui/ui.h"

typedef struct SoundSettings {
    int page; // 0 sound device, 1 piano, 2 MIDI keyboard, 3 MIDI output, 4 model
    ListState list;
} SoundSettings;

void sound_settings_open(SoundSettings *s, const View *view);
bool sound_settings_frame(SoundSettings *s, Ui *u); // true if it is to be closed
bool sound_settings_key(SoundSettings *s, Ui *u, const View *view, CommandQueue *queue,
                        const KeyEvent *key);

#endif
