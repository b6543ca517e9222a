// Devices and pianos: the engine, what drives it, the MIDI keyboards, and what there is
// to choose from. The main thread's; the devices have threads of their own
// (audio/devices/output.h, midi_input.h), for which nothing here waits but closing.
#ifndef APP_DESKTOP_PLAYING_SOUND_H
#define APP_DESKTOP_PLAYING_SOUND_H

#include "app/desktop/choices.h"
#include "audio/devices/midi_input.h"
#include "audio/devices/midi_output.h"
#include "audio/devices/output.h"

typedef struct Sound {
    Engine *engine;
    Output *output;
    MidiInput *midi;
    MidiOutput *midi_out;
    Choices outputs, soundfonts, inputs, midi_outputs;
} Sound;

// What the user wants; the texts are borrowed for the length of a call.
typedef struct SoundWish {
    const char *device, *soundfont, *midi_input, *midi_output; // "": the usual one
    int buffer_frames;
    Touch touch;   // of MIDI keyboards
    double volume; // 0-1
    bool reverb, own_sound;
    double room; // 0-1
    WireChannels channels;
} SoundWish;

// The piano that is chosen or, if that is gone, another, *ret_trouble saying so; NULL:
// none. To be freed, both.
char *sound_find_soundfont(const char *chosen, char **ret_trouble);

// `font` is what sound_find_soundfont() gave.
void sound_open(Sound *s, const SoundWish *wish, const char *font);
void sound_wish_output(Sound *s, const SoundWish *wish, const char *font);
// How it is to sound, without another device or piano.
void sound_wish_effects(Sound *s, const SoundWish *wish);
bool sound_close(Sound *s); // false: end with _exit(), a sound system hangs

void sound_show(Sound *s, const SoundWish *wish, View *ret); // lists what there is now

#endif
