// What the desktop app remembers between two starts: a GKeyFile in the user's
// configuration folder.
//
//   [audio]
//   device=USB Audio
//   buffer_frames=512
//   ...
//   [files]
//   recent=/home/clara/etude.mid;/home/clara/nocturne.mid;
//
// settings_table.c has the table of all of them, with their ranges and defaults. Any
// bytes as a file give usable settings: what is missing, out of range or no value at
// all takes its default, and a sentence says so. Keys and comments that are not known
// here stay in the file as they are, so that an older program does not forget for a
// newer one.
//
// Numbers are kept to six digits. Texts are UTF-8 without control characters. Paths are
// any bytes; in the file, what is no UTF-8 stands as %XX, and % as %25.
#ifndef APP_DESKTOP_SETTINGS_H
#define APP_DESKTOP_SETTINGS_H

#include "ui/view.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_RECENT    20      // files remembered
#define SETTINGS_MAX_BYTES 1000000 // of the file

typedef struct Settings {
    // [audio]; a name of "" is the system's own choice
    char *audio_device; // owned, as all texts and paths here
    int buffer_frames;
    char *soundfont; // path
    double volume;   // 0-1
    bool reverb;     // a room is heard ...
    double room;     // ... so much, 0-1
    bool own_sound;  // else MIDI goes out only
    // [input]
    char *midi_input; // a port's name
    int octave;       // of the computer keyboard, from the middle one
    int touch;        // of a MIDI keyboard, a Touch; a word in the file, as `curve`
    // [output]
    char *midi_output; // a port's name; "": what a patchbay connects
    int given_channel, model_channel, hands_channel; // 1-16; 0: does not go out
    // [model]
    char *model; // path; "": the one that ships
    double temperature, top_p, min_p;
    int top_k;
    double steer[STEERS]; // the dials, as they are said (app/desktop/writing/steer.h)
    int takes;            // at once
    double seconds;       // to continue for
    bool endless;
    bool keep_seed;
    int64_t seed;
    bool duet;    // the model answers when the pianist pauses
    double pause; // so many seconds of it
    // [window]
    int width, height; // in units of the desktop
    double scale;      // of text and controls
    bool follow;       // the playhead
    bool lens;         // what the model listens to
    int surprise;      // what of a note colours it, a SurpriseKind
    int theme;         // a ThemeId
    double speed;      // of playback
    bool click;        // the metronome's, where a file has bars
    // [files]
    char *folder;  // where a file was last opened, or ""
    char **recent; // paths, newest first
    char *dialogs; // "own", or "system": what a desktop portal shows, if there is one

    GKeyFile *known;   // all of them as they were last read or saved; owned, as is
    GPtrArray *opened; // what was put among the recent ones since, the oldest first
} Settings;

// $XDG_CONFIG_HOME/par-midi/settings.ini. Free with g_free.
char *settings_path(void);

// Always gives settings. *ret_trouble is a sentence about what in the file could not be
// taken, else NULL; to be freed. A file that is not there is no trouble.
void settings_load(Settings *ret, const char *path, char **ret_trouble);
void settings_parse(Settings *ret, const char *bytes, size_t size, const char *name,
                    char **ret_trouble);
void settings_clear(Settings *s); // accepts a zeroed struct

// Writes what was changed since the settings were loaded or last saved, and leaves the
// rest as it stands in the file by now, for several windows may be open. Replaces the
// file as a whole (model/files/replace.h), making its folder if there is none. One that
// cannot be read is moved aside to PATH.unreadable; where that fails nothing is
// changed.
bool settings_save(Settings *s, const char *path, GError **error);

// Replaces a text or path of the settings: settings_set(&s.soundfont, path).
void settings_set(char **text, const char *value);

// Puts a file at the head of the recent ones.
void settings_add_recent(Settings *s, const char *path);

// Those of the recent files that are there now, newest first; free with g_strfreev.
// Asks the file system for each.
char **settings_recent(const Settings *s);

#endif
