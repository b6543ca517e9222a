// A list of files to open one from: the folders and MIDI files of a folder, or the
// files that were open before. Typing filters; Enter opens; Backspace goes up.
#ifndef UI_BROWSER_H
#define UI_BROWSER_H

#include "ui/toolkit/list.h"
#include "ui/ui.h"

#define BROWSER_MOST 20000 // entries; more are left out

typedef struct BrowserEntry {
    char *path, *name, *detail; // owned; detail may be NULL
    bool folder;
} BrowserEntry;

typedef struct Browser {
    bool recent;                // shows recent files in place of a folder
    char *folder;               // owned
    char *problem;              // why the folder cannot be read, or NULL; owned
    GArray *entries;            // of BrowserEntry
    GArray *shown;              // of guint, the entries that the filter lets through
    GString *filter, *filtered; // typed; what `shown` was made from
    ListState list;
} Browser;

void browser_open(Browser *b, const View *view, bool recent);
void browser_clear(Browser *b); // accepts a zeroed struct

// True if it is to be closed.
bool browser_frame(Browser *b, Ui *u);
// Before browser_frame(). True if it took the key.
bool browser_key(Browser *b, Ui *u, const KeyEvent *key);

#endif
