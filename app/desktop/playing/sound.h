// Devices and soundfonts: the engine, the audio output that drives it, MIDI input
// and output, and the available choices. Used by the main thread only. The devices
// have threads of their own (audio/devices/output.h, midi_input.h); only closing
// waits for them.
#ifndef APP_DESKTOP_PLAYING_SOUND_H
#define APP_DESKTOP_PLAYING_SOUND_H

#include "app/desktop/choices.h"
#include "audio/devices/output.h"
#include "audio/ports/midi_input.h"
#include "audio/ports/midi_output.h"

typedef struct Sound {
    Engine *engine;
    Output *output;
    MidiInput *midi;
    MidiOutput *midi_out;
    Choices outputs, soundfonts, inputs, midi_outputs;
} Sound;

// The user's choices. The texts are borrowed during a call.
typedef struct SoundWish {
    const char *device, *soundfont, *midi_input, *midi_output; // "": the default
    int buffer_frames;
    Touch touch;   // of MIDI keyboards
    double volume; // 0-1
    bool reverb, own_sound;
    double room; // 0-1
    WireChannels channels;
} SoundWish;

// Returns the chosen soundfont or, if it is missing, another one, with a sentence about
// that in *ret_trouble; NULL: there is none. Both are to be freed.
char *sound_find_soundfont(const char *chosen, char **ret_trouble);

// `font` is from sound_find_soundfont().
void sound_open(Sound *s, const SoundWish *wish, const char *font);
void sound_wish_output(Sound *s, const SoundWish *wish, const char *font);
// Applies volume, reverb, own_sound and channels; the devices stay as they are.
void sound_wish_effects(Sound *s, const SoundWish *wish);
bool sound_close(Sound *s); // false: a sound system hangs; end with _exit()

// Lists the current choices.
void sound_show(Sound *s, const SoundWish *wish, View *ret);

#endif
