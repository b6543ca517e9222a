// Where the piano's sound comes from: a SoundFont 2 file (.sf2, .sf3) on this machine.
#ifndef AUDIO_SOUNDFONT_H
#define AUDIO_SOUNDFONT_H

#include <glib.h>
#include <stdbool.h>

// Returns the path of the soundfont to use, to be freed with g_free: `wanted` if not
// NULL, else $SOUNDFONT if set, else the best found in sounds/sf2, sounds/sf3 and
// soundfonts under $XDG_DATA_HOME, then under $XDG_DATA_DIRS: pianos before general
// ones. NULL with SOUNDFONT_ERROR: the one asked for is none, or there is none at all
// (the sentence names the Debian package that brings one).
char *soundfont_find(const char *wanted, GError **error);

// Returns a small SoundFont to play until the one at `path` is loaded: the best one
// found of at most 8 MB, to be freed with g_free. Returns NULL if that one is small
// itself, or if there is none.
char *soundfont_stand_in(const char *path);

// Returns all that are found in these folders, the best first, to be freed with
// g_strfreev. The files are not opened; a link to another of them is left out.
char **soundfont_list(void);

// Checks that a file is a complete RIFF file of the form "sfbk" with its three lists.
// FluidSynth would pass anything else to another library, and report errors only on
// stderr.
bool soundfont_check(const char *path, GError **error);

#define SOUNDFONT_ERROR soundfont_error_quark()
GQuark soundfont_error_quark(void);

#endif
