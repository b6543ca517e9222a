// The settings of the desktop app: a GKeyFile in the user's configuration folder.
//
//   [audio]
//   device=USB Audio
//   buffer_frames=512
//   ...
//   [files]
//   recent=/home/clara/etude.mid;/home/clara/nocturne.mid;
//
// settings_table.c has the table of all settings, with their ranges and defaults. Any
// file gives usable settings: a value that is missing, out of range or malformed takes
// its default, and a sentence reports what was wrong. Unknown keys and comments stay in
// the file, so that an older version of the program keeps the settings of a newer one.
//
// Numbers have six digits. Texts are UTF-8 without control characters. Paths may hold
// any bytes; in the file, bytes that are not UTF-8 are written as %XX, and % as %25.
#ifndef APP_DESKTOP_SETTINGS_H
#define APP_DESKTOP_SETTINGS_H

#include "audio/ports/midi_controls.h"
#include "ui/view.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_RECENT    20      // the length of the list of recent files
#define SETTINGS_MAX_BYTES 1000000 // of the file

// In the groups of the file, under the names that they have there.
typedef struct Settings {
    struct {
        char *device; // owned, as all texts and paths here; "": the system's default
        int buffer_frames;
        char *soundfont; // path; "": the usual one
        double volume;   // 0-1
        bool reverb;     // on or off
        double room;     // the amount of reverb, 0-1
        bool own_sound;  // otherwise the program only sends MIDI
    } audio;
    struct {
        char *midi; // a port's name
        int octave; // of the computer keyboard, relative to the middle one
        int curve;  // of a MIDI keyboard, a Touch; a word in the file
    } input;
    // [learn]: the controller of each dial, as CHANNEL:CONTROLLER; all are different
    MidiController learned[STEERS];
    struct {
        char *midi; // a port's name; "": connections are left to a patchbay
        int given_channel, model_channel, hands_channel; // 1-16; 0: not sent
    } output;
    struct {
        char *file; // path; "": the shipped model
        double top_p, min_p;
        int top_k;
        // The dials' displayed values (app/desktop/writing/steer.h), each by its name.
        double steer[STEERS];
        int takes;      // generated at once
        double seconds; // length of a continuation
        bool endless;
        bool keep_seed;
        int64_t seed;
        bool answer;  // the duet: the model answers when the pianist pauses
        bool ghost;   // a continuation is generated ahead and shown as ghost notes
        double pause; // seconds that count as a pause
    } model;
    struct {
        int width, height; // in units of the desktop
        double scale;      // of text and controls
        bool follow;       // the view follows the playhead
        bool lens;         // shows the model's attention
        bool memory;       // names passages of the training set
        int surprise;      // a SurpriseKind
        int theme;         // a ThemeId; its name in the file
        double speed;      // of playback
        bool click;        // the metronome is on
    } window;
    struct {
        char *folder;  // of the file that was opened last, or ""
        char **recent; // paths, newest first
        char *dialogs; // "own", or "system": a desktop portal's, if there is one
    } files;

    GKeyFile *known;   // all settings as last read or saved; owned, as is the next
    GPtrArray *opened; // files opened since then, the oldest first
} Settings;

// $XDG_CONFIG_HOME/par-midi/settings.ini. Free with g_free.
char *settings_path(void);

// Always returns usable settings. *ret_trouble is a sentence about invalid parts of the
// file, or NULL; to be freed. A missing file is not an error.
void settings_load(Settings *ret, const char *path, char **ret_trouble);
void settings_parse(Settings *ret, const char *bytes, size_t size, const char *name,
                    char **ret_trouble);
void settings_clear(Settings *s); // accepts a zeroed struct

// Writes the values that changed since the settings were loaded or last saved. The
// others stay as they are in the file now, because several windows may be open. The
// file is replaced as a whole (model/files/replace.h), and its folder is created if it
// is missing. A file that cannot be read is moved to PATH.unreadable; if that fails
// nothing is changed.
bool settings_save(Settings *s, const char *path, GError **error);

// Replaces a text or path of the settings: settings_set(&s.soundfont, path).
void settings_set(char **text, const char *value);

// Puts a file at the head of the recent files.
void settings_add_recent(Settings *s, const char *path);

// Returns the recent files that still exist, newest first; free with g_strfreev. Checks
// each in the file system.
char **settings_recent(const Settings *s);

#endif
